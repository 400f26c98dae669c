// TensorFlow's normalizations, activations and sums that have settings.
#include <fmt/format.h>

#include <cmath>

#include "thaw/core/error.h"
#include "thaw/formats/import/tensorflow_words.h"

namespace thaw::foreign {
namespace {

using namespace tensorflow_words;
using Values = std::vector<Value>;

Values bias_add(const RuleCall& call) {
  const int rank = call.make.shape_of(call.input(0)).rank();
  const bool is_first = call.text("data_format", "NHWC") == "NCHW";
  return {add_along(call, call.input(0), call.input(1), is_first ? 1 : rank - 1)};
}

/// The operation always has gamma and beta; where a network has none, they are plain numbers that
/// change nothing.
const Value* unless_idle(const Value& value, double idle) {
  if (!value.is_known() || !value.constant->name.empty()) return &value;
  const Array& array = value.constant->array;
  for (int64_t i = 0; i < array.elements(); ++i)
    if (array.at(i) != idle) return &value;
  return nullptr;
}

Values batch_normalization(const RuleCall& call) {
  if (call.flag("is_training", true)) {
    throw Error(
        "expected batch normalization with the statistics that were learned, received one that "
        "takes those of the batch: export the model for inference");
  }
  return {call.make.batch_normalization(call.input(0), unless_idle(call.input(1), 1),
                                        unless_idle(call.input(2), 0), call.input(3), call.input(4),
                                        call.number("epsilon", 0.0001), channel_axis(call))};
}

/// TensorFlow's oldest form: (t, mean, variance, beta, gamma).
Values global_batch_normalization(const RuleCall& call) {
  const bool is_scaled = call.flag("scale_after_normalization", true);
  return {call.make.batch_normalization(call.input(0), is_scaled ? &call.input(4) : nullptr,
                                        &call.input(3), call.input(1), call.input(2),
                                        call.number("variance_epsilon", 0.001), 3)};
}

Values softmax(const RuleCall& call) { return {call.make.softmax(call.input(0), -1)}; }

Values log_softmax(const RuleCall& call) { return {call.make.log_softmax(call.input(0), -1)}; }

Values activation(const RuleCall& call) {
  return {activated(call, call.input(0), call.word(), call.number("alpha", 0.2))};
}

/// 1 − erf(x).
Values error_complement(const RuleCall& call) {
  return {call.make.binary(Binary::subtract, Assembler::known(Array::scalar(1.0F)),
                           call.make.activation(call.input(0), "erf"))};
}

/// Where a graph would change an image by chance.
Values without_chance(const RuleCall& call) {
  call.make.note(
      fmt::format("node \"{}\": changes images by chance while it serves; they stay as "
                  "they are",
                  call.node().name));
  return {call.input(0)};
}

/// (x, the first of the axes that are normalized, gamma, beta), of which the last two may be
/// absent.
Values layer_normalization(const RuleCall& call) {
  const Value* gamma = call.has_input(2) ? &call.input(2) : nullptr;
  const Value* beta = call.has_input(3) ? &call.input(3) : nullptr;
  return {call.make.layer_normalization(call.input(0), gamma, beta, call.number("epsilon", 0.0001),
                                        call.known(1, "an axis").integer())};
}

Values prelu(const RuleCall& call) { return {call.make.prelu(call.input(0), call.input(1))}; }

Values clip(const RuleCall& call) {
  return {call.make.clip(call.input(0), call.known(1, "the lowest value").number(),
                         call.known(2, "the highest value").number())};
}

Values add_all(const RuleCall& call) {
  Value sum = call.input(0);
  for (size_t place = 1; place < call.input_count(); ++place)
    sum = call.make.binary(Binary::add, sum, call.input(place));
  return {sum};
}

constexpr Rule rules[] = {
    {"tf:BiasAdd", &bias_add},
    {"tf:BiasAddV1", &bias_add},
    {"tf:FusedBatchNorm", &batch_normalization},
    {"tf:FusedBatchNormV2", &batch_normalization},
    {"tf:FusedBatchNormV3", &batch_normalization},
    {"tf:BatchNormWithGlobalNormalization", &global_batch_normalization},
    {"tf:Softmax", &softmax},
    {"tf:LogSoftmax", &log_softmax},
    {"tf:LeakyRelu", &activation, "LeakyRelu"},
    {"tf:Elu", &activation, "Elu"},
    {"tf:Selu", &activation, "Selu"},
    {"tf:Erfc", &error_complement},
    {"tf:thaw.FusedLayerNormalization", &layer_normalization},
    {"tf:thaw.WithoutChance", &without_chance},
    {"tf:Prelu", &prelu},
    {"tf:ClipByValue", &clip},
    {"tf:AddN", &add_all},
};

}  // namespace

namespace rule_families {
extern const RuleFamily tf_layers;
const RuleFamily tf_layers{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
