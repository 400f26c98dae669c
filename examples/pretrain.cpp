// Trains a small network from random weights and saves it, head and all: a base to fine-tune where
// no official one is at hand. pretrain IMAGES OUT.keras [EPOCHS]
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <numbers>

#include "thaw/data/image_dataset.h"
#include "thaw/data/split.h"
#include "thaw/formats/model_file.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/add.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/graph/layers/rescaling.h"
#include "thaw/train/model.h"

using namespace thaw;

namespace {

constexpr int64_t side = 64;

/// Prints each epoch, and lets the learning rate fall to nothing along half a cosine.
class Cosine : public Callback {
 public:
  explicit Cosine(double highest) : highest_(highest) {}
  void on_batch_end(TrainingControl& control, const BatchProgress& now) override {
    const double done =
        now.epoch + static_cast<double>(now.batch) / static_cast<double>(now.batches);
    const double angle = std::numbers::pi * done / control.epochs;
    control.optimizer.set_learning_rate(highest_ * (1.01 + std::cos(angle)) / 2);
  }
  void on_epoch_end(TrainingControl& control, int epoch, const Logs& logs) override {
    std::cout << "epoch " << epoch + 1 << " of " << control.epochs;
    for (const auto& [name, value] : logs) std::cout << "  " << name << ' ' << value;
    std::cout << std::endl;
  }

 private:
  double highest_;
};

/// A convolution and its batch normalization. So few steps need moving statistics that follow fast.
Symbol normalized(const Symbol& x, int64_t filters, int64_t strides, const std::string& name) {
  const Symbol y = conv_2d({.filters = filters,
                            .kernel_size = 3,
                            .strides = strides,
                            .padding = "same",
                            .use_bias = false,
                            .kernel_initializer = "he_normal",
                            .name = name + "_conv"})(x);
  return batch_normalization({.momentum = 0.9F, .name = name + "_bn"})(y);
}

Symbol relu(const Symbol& x, const std::string& name) {
  return activation({.activation = "relu", .name = name + "_relu"})(x);
}

/// Halves the image, then a residual block (He et al. 2016).
Symbol stage(Symbol x, int64_t filters, const std::string& name) {
  const Symbol shortcut = relu(normalized(x, filters, 2, name + "_down"), name + "_down");
  x = normalized(shortcut, filters, 1, name + "_same");
  return relu(add({.name = name + "_add"})({x, shortcut}), name + "_out");
}

Model network(int64_t classes) {
  const Symbol image = input({side, side, 3}, "image");
  Symbol x = rescaling({.scale = {1 / 127.5F}, .offset = {-1}, .name = "rescaling"})(image);
  x = relu(normalized(x, 16, 2, "stem"), "stem");
  x = stage(x, 24, "stage1");
  x = stage(x, 48, "stage2");
  x = stage(x, 96, "stage3");
  x = global_average_pooling_2d({.name = "average"})(x);
  x = dense({.units = classes, .activation = "softmax", .name = "classes"})(x);
  return {image, x, "shape_net"};
}

void run(const std::string& images, const std::string& out, int epochs) {
  const ImageFolder folder = list_image_folder(images);
  const Split split = stratified_split(folder.labels, 0.15, 1);
  const ImageOptions pixels{.size = {.height = side, .width = side},
                            .preprocessing = preprocessing("none")};
  const ImageDataset train(folder.select(split.training), pixels);
  const ImageDataset validation(folder.select(split.validation), pixels);

  const Model model = network(static_cast<int64_t>(folder.class_names.size()));
  model.initialize_weights(1);
  constexpr double learning_rate = 2e-3;
  model.compile({.optimizer = adam({.learning_rate = learning_rate}),
                 .loss = "categorical_crossentropy",
                 .metrics = {"accuracy"}});
  Cosine cosine(learning_rate);
  Engine engine;
  model.fit(engine, train,
            {.epochs = epochs,
             .batch_size = 16,
             .validation_data = validation,
             .seed = 1,
             .callbacks = {&cosine}});

  // What the program needs to know of a network that it cannot recognize.
  Config form;
  form.set("preprocessing", "none");
  Config classes{Config::List{}};
  for (const std::string& name : folder.class_names) classes.append(name);
  model.metadata().set("pictures", std::move(form)).set("classes", std::move(classes));
  model.save(out);
}

}  // namespace

int main(int argc, char** argv) {
  const int epochs = argc == 4 ? std::atoi(argv[3]) : 6;
  if (argc < 3 || argc > 4 || epochs < 1) {
    std::cerr << "pretrain IMAGES OUT.keras [EPOCHS]\n";
    return 2;
  }
  try {
    run(argv[1], argv[2], epochs);
  } catch (const std::exception& error) {
    std::cerr << "pretrain: " << error.what() << '\n';
    return 1;
  }
}
