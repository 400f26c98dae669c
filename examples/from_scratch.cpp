// What a network learns from few images without pretraining: from_scratch IMAGES OUT.keras NETWORK
// SIDE EPOCHS [IMAGES_PER_CLASS [SPLIT]]. The network begins at random weights and all of it
// trains, its batch normalization on each batch's statistics, on images of SIDE × SIDE pixels:
// those that `thaw fit` takes with --images-per-class (0: all) and --validation-split.
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <numbers>
#include <span>

#include "thaw/applications/application.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/task/fit_data.h"
#include "thaw/task/image_form.h"
#include "thaw/train/model.h"

using namespace thaw;

namespace {

constexpr uint64_t seed = 1;

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

Model random_network(const Application& network, applications::Options options, int64_t side,
                     int64_t classes) {
  options.input_shape = {side, side, 3};
  options.include_top = false;
  options.weights = "none";
  const Functional base = applications::create(network, options);
  const Symbol image = input({side, side, 3}, "image");
  Symbol x = global_average_pooling_2d()(base(image));
  x = dense({.units = classes, .activation = "softmax", .name = "output_layer"})(x);
  Model model(image, x);
  model.initialize_weights(seed);
  return model;
}

struct Job {
  ImageSource source;
  std::string out;
  std::string network;
  int side = 0;
  int epochs = 0;
};

void run(const Job& job) {
  const auto [network, options] = applications::find(job.network);
  const FitData data = fit_data(job.source, seed);
  const ImageOptions form{
      .size = {.height = job.side, .width = job.side},
      .preprocessing = Preprocessing::from_text(std::string(network->preprocessing))};
  const ImageDataset train(data.train, form);
  const auto validation = data.validation
                              ? std::optional<ImageDataset>(std::in_place, *data.validation, form)
                              : std::nullopt;

  const Model model =
      random_network(*network, options, job.side, std::ssize(data.train.class_names));
  constexpr double learning_rate = 2e-3;
  model.compile({.optimizer = adam({.learning_rate = learning_rate}),
                 .loss = "categorical_crossentropy",
                 .metrics = {"accuracy"}});
  Cosine cosine(learning_rate);
  Engine engine;
  FitOptions fit{.epochs = job.epochs, .batch_size = 16, .seed = seed, .callbacks = {&cosine}};
  if (validation) fit.validation_data = *validation;
  model.fit(engine, train, fit);
  keep_form(model, form, data.train.class_names, "categorical_crossentropy");
  model.save(job.out);
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> words(argv, static_cast<size_t>(argc));
  const auto number = [&](size_t place, double usual) {
    return words.size() > place ? std::atof(words[place]) : usual;
  };
  Job job{.source = {.images = argc > 1 ? words[1] : "", .validation_split = number(7, 0.2)},
          .out = argc > 2 ? words[2] : "",
          .network = argc > 3 ? words[3] : "",
          .side = static_cast<int>(number(4, 0)),
          .epochs = static_cast<int>(number(5, 0))};
  if (const auto most = static_cast<int>(number(6, 0)); most > 0)
    job.source.images_per_class = most;
  if (argc < 6 || argc > 8 || job.side < 1 || job.epochs < 1) {
    std::cerr << "from_scratch IMAGES OUT.keras NETWORK SIDE EPOCHS [IMAGES_PER_CLASS [SPLIT]]\n";
    return 2;
  }
  try {
    run(job);
  } catch (const std::exception& error) {
    std::cerr << "from_scratch: " << error.what() << '\n';
    return 1;
  }
}
