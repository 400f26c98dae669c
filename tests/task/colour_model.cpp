#include "task/colour_model.h"

#include <array>

#include "thaw/core/variable.h"
#include "thaw/data/preprocessing.h"
#include "thaw/formats/json.h"
#include "thaw/formats/model_file.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"

namespace thaw::testing {

ColourModel colour_model() {
  const Symbol image = input({32, 32, 3}, "image");
  const Layer layer = dense({.units = 3, .name = "colour"});
  const Symbol colour = layer(global_average_pooling_2d()(image));
  const float one = 1.0F / 20;
  const std::array<float, 9> reversed{0, 0, one, 0, one, 0, one, 0, 0};  // RGB to BGR
  layer.variables()[0]->assign(Tensor::from({3, 3}, reversed));
  return {image, colour};
}

Functional model_of(const Symbol& image, const Symbol& output) {
  Functional model(image, output, "colours");
  Config form;
  form.set("preprocessing", preprocessing("none").to_config());
  model.metadata().set("pictures", std::move(form));
  return model;
}

void save_compiled(const Functional& model, const std::string& loss,
                   const std::filesystem::path& path) {
  ModelFile content{model};
  if (!loss.empty()) {
    const std::string optimizer = R"({"module": "keras.optimizers", "class_name": "SGD", )"
                                  R"("config": {"learning_rate": 0.01}, "registered_name": null})";
    content.training = TrainingRecord{
        parse_json(R"({"optimizer": )" + optimizer + R"(, "loss": )" + loss +
                   R"(, "loss_weights": null, "metrics": null, "weighted_metrics": null})")};
  }
  write_model_file(content, path);
}

}  // namespace thaw::testing
