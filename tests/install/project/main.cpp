// The whole job from outside: outside IMAGES MODEL.keras fine-tunes on IMAGES, which holds one
// folder a class, and looks at the result.
#include <iostream>

#include "thaw/thaw.h"

int main(int, char** arguments) {
  thaw::Engine engine;
  const thaw::FitTask fit{.source = {.images = arguments[1]},
                          .form = {.image_size = 48},
                          .base = {.base = "mobilenet_v2@alpha=0.35", .weights = "none"},
                          .recipe = {.epochs = 2, .fine_tune_epochs = 1},
                          .out = arguments[2]};
  const thaw::FitReport report = fit.run(engine);
  std::cout << report.train_images << " images of " << report.classes.size() << " classes\n";

  const auto seen = thaw::EvaluateTask{.model = fit.out, .images = arguments[1]}.run(engine);
  for (const auto& [name, value] : seen.logs)
    std::cout << name << ' ' << value << " of " << seen.images << " images\n";

  const std::string one = std::string(arguments[1]) + "/moon/0000.bmp";
  for (const auto& image : thaw::PredictTask{.model = fit.out, .images = {one}}.run(engine))
    std::cout << image.file.filename().string() << ": " << image.guesses.at(0).name << ' '
              << image.guesses[0].value << '\n';
}
