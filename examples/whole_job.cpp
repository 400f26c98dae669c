// The whole job in one go: whole_job IMAGES OUT.keras [BASE]. IMAGES holds one folder of images a
// class; BASE is a network's name or a model file. OUT.keras needs nothing else to predict.
#include <iostream>

#include "thaw/task/evaluate_task.h"
#include "thaw/task/fit_task.h"
#include "thaw/task/predict_task.h"

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::cerr << "whole_job IMAGES OUT.keras [BASE]\n";
    return 2;
  }
  try {
    const std::string images = argv[1];
    const std::string out = argv[2];
    thaw::Engine engine;

    thaw::FitTask fit{.source = {.images = images}, .out = out};
    if (argc == 4) fit.base.base = argv[3];
    const thaw::FitReport report = fit.run(engine);
    std::cout << out << ": " << report.classes.size() << " classes from " << report.train_images
              << " images\n";

    const auto judged = thaw::EvaluateTask{.model = out, .images = images}.run(engine);
    for (const auto& [name, value] : judged.logs) std::cout << name << ' ' << value << '\n';

    const auto seen = thaw::PredictTask{.model = out, .images = {images}, .top = 1}.run(engine);
    for (const thaw::ImagePrediction& image : seen)
      std::cout << image.file.string() << "  "
                << (image.error.empty() ? image.guesses[0].name : image.error) << '\n';
  } catch (const std::exception& error) {
    std::cerr << "whole_job: " << error.what() << '\n';
    return 1;
  }
}
