// The whole job from outside: outside IMAGES MODEL.keras fine-tunes on IMAGES, which holds one
// folder a class.
#include <iostream>

#include "thaw/thaw.h"

using namespace thaw;

int main(int, char** arguments) {
  const ImageFolder folder = list_image_folder(arguments[1]);
  const ImageOptions pixels{.size = {.height = 48, .width = 48},
                            .preprocessing = preprocessing("tf")};
  const ImageDataset images(folder, pixels);
  auto [network, options] = applications::find("mobilenet_v2@alpha=0.35");
  options.input_shape = {48, 48, 3};
  options.include_top = false;
  options.weights = "none";
  const Functional base = applications::create(*network, options);

  Recipe recipe(base, 6, {.stages = {{.name = "head", .epochs = 1}, {.name = "all", .epochs = 1}}});
  recipe.run(images, nullptr);
  for (const auto& [name, value] : recipe.model().evaluate(images))
    std::cout << name << ' ' << value << " of " << images.size() << " images\n";

  const ImageDataset one(std::vector{images.file(0)}, pixels);
  Predictor(recipe.model()).run(one, [&](const Prediction& prediction) {
    const auto best = std::ranges::max_element(prediction.outputs);
    std::cout << one.file(prediction.sample).filename().string() << ": "
              << folder.class_names[size_t(best - prediction.outputs.begin())] << ' ' << *best
              << '\n';
  });
  recipe.model().save(arguments[2]);
}
