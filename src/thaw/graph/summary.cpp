#include "thaw/graph/summary.h"

#include <fmt/format.h>

#include "thaw/core/variable.h"

namespace thaw {
namespace {

void add_rows(const Functional& model, const std::string& indent, std::string& text) {
  for (const Layer& layer : model.layers()) {
    int64_t parameters = 0;
    int64_t trainable = 0;
    for (const auto& variable : layer.variables()) parameters += variable->shape().elements();
    const Functional* nested = layer.nested();
    if (nested != nullptr) {
      trainable = nested->count_trainable_parameters();
    } else if (layer.trainable()) {
      for (const auto& variable : layer.variables())
        trainable += variable->can_train() ? variable->shape().elements() : 0;
    }
    const Symbol output = model.output_of(layer.name());
    text += fmt::format("{:<52} {:<18} {:>12} {:>10}\n",
                        fmt::format("{}{} ({})", indent, layer.name(), layer.class_name()),
                        output.shape().to_string(), fmt::group_digits(parameters),
                        parameters == 0 ? "-"
                        : trainable > 0 ? "yes"
                                        : "no");
    if (nested != nullptr) add_rows(*nested, indent + "  ", text);
  }
}

std::string total(const char* what, int64_t count) {
  return fmt::format("{:<22} {:>12} ({:.2f} MB)\n", what, fmt::group_digits(count),
                     static_cast<double>(count) * 4 / 1e6);
}

}  // namespace

std::string summary(const Functional& model) {
  const std::string rule(95, '-');
  std::string text =
      fmt::format("Model: {}\n{}\n{:<52} {:<18} {:>12} {:>10}\n{}\n", model.name(), rule,
                  "Layer (type)", "Output shape", "Parameters", "Trains", rule);
  add_rows(model, "", text);
  const int64_t all = model.count_parameters();
  const int64_t trainable = model.count_trainable_parameters();
  return text + rule + "\n" + total("Parameters", all) + total("Trainable parameters", trainable) +
         total("Frozen parameters", all - trainable);
}

}  // namespace thaw
