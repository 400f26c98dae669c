// The fine-tuning recipe, step by step, as it reads in Keras: recipe IMAGES OUT.keras [WEIGHTS].
// IMAGES holds one folder a class; WEIGHTS is "imagenet", "none" or a file.
#include <iostream>

#include "thaw/applications/application.h"
#include "thaw/data/image_dataset.h"
#include "thaw/data/split.h"
#include "thaw/formats/model_file.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/task/image_form.h"
#include "thaw/train/model.h"

using namespace thaw;

namespace {

struct Epochs : Callback {
  void on_epoch_end(TrainingControl& control, int epoch, const Logs& logs) override {
    std::cout << "epoch " << epoch + 1 << " of " << control.epochs;
    for (const auto& [name, value] : logs) std::cout << "  " << name << ' ' << value;
    std::cout << std::endl;
  }
};

void run(const std::string& images, const std::string& out, const std::string& weights) {
  const auto& network = *applications::find("mobilenet_v2").first;

  const ImageFolder folder = list_image_folder(images);
  const Split split = stratified_split(folder.labels, 0.2, 1);
  const ImageOptions pixels{.size = {.height = 224, .width = 224},
                            .preprocessing = preprocessing(network.preprocessing)};
  const ImageDataset train(folder.select(split.training), pixels);
  const ImageDataset validation(folder.select(split.validation), pixels);
  const auto classes = static_cast<int64_t>(folder.class_names.size());

  const Functional base = applications::create(
      network, {.input_shape = {224, 224, 3}, .include_top = false, .weights = weights});
  base.set_trainable(false);

  const Symbol image = input({224, 224, 3}, "image");
  Symbol x = base(image, {.training = false});
  x = global_average_pooling_2d()(x);
  x = dense({.units = classes, .activation = "softmax", .name = "output_layer"})(x);
  const Model model(image, x);

  Engine engine;
  Epochs epochs;
  const FitOptions fit{
      .epochs = 5, .validation_data = validation, .seed = 1, .callbacks = {&epochs}};
  std::cout << "feature extraction\n";
  model.compile({.optimizer = adam({.learning_rate = 1e-3}),
                 .loss = "categorical_crossentropy",
                 .metrics = {"accuracy"}});
  model.fit(engine, train, fit);

  std::cout << "fine-tuning the last 5 layers of the base\n";
  base.set_trainable(true);
  for (const Layer& layer : base.layers().first(base.layers().size() - 5))
    layer.set_trainable(false);
  model.compile({.optimizer = adam({.learning_rate = 1e-4}),
                 .loss = "categorical_crossentropy",
                 .metrics = {"accuracy"}});
  model.fit(engine, train, fit);

  // What predicting needs beside the weights: how images are prepared, and what the classes are.
  keep_form(model, pixels, folder.class_names, "categorical_crossentropy");
  model.save(out);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::cerr << "recipe IMAGES OUT.keras [imagenet|none|WEIGHTS.h5]\n";
    return 2;
  }
  try {
    run(argv[1], argv[2], argc == 4 ? argv[3] : "imagenet");
  } catch (const std::exception& error) {
    std::cerr << "recipe: " << error.what() << '\n';
    return 1;
  }
}
