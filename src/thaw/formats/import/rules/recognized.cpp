// What was recognized in several operations (recognition.h).
#include "thaw/formats/import/rule.h"

namespace thaw::foreign {
namespace {

using Values = std::vector<Value>;

Config object() { return Config(Config::Map{}); }

Values silu(const RuleCall& call) { return {call.make.activation(call.input(0), "silu")}; }

Values hard_sigmoid(const RuleCall& call) {
  return {call.make.activation(call.input(0), "hard_sigmoid")};
}

Values gelu(const RuleCall& call) {
  if (!call.flag("approximate", false)) return {call.make.activation(call.input(0), "gelu")};
  return {call.make.activation(call.input(0), "gelu", object().set("approximate", true))};
}

Values leaky(const RuleCall& call) {
  return {call.make.activation(call.input(0), "leaky_relu",
                               object().set("negative_slope", call.number("negative_slope", 0)))};
}

/// Over one axis, the last or the channels before an image's.
Values layer_normalization(const RuleCall& call) {
  const Value& x = call.input(0);
  const int axis = call.make.axis_of(x, call.integer("axis", -1));
  const int last = static_cast<int>(std::ssize(x.axes)) - 1;
  std::vector<int64_t> order;
  for (int at = 0; at <= last; ++at)
    if (at != axis) order.push_back(at);
  order.push_back(axis);
  std::vector<int64_t> back(order.size());
  for (size_t i = 0; i < order.size(); ++i)
    back[static_cast<size_t>(order[i])] = static_cast<int64_t>(i);
  const Value* gamma = call.has_input(1) ? &call.input(1) : nullptr;
  const Value* beta = call.has_input(2) ? &call.input(2) : nullptr;
  const Value y = call.make.layer_normalization(call.make.transpose(x, order), gamma, beta,
                                                call.number("epsilon", 1e-3), -1);
  return {call.make.transpose(y, back)};
}

Values batch_normalization(const RuleCall& call) {
  const auto optional = [&](size_t place) {
    return call.has_input(place) ? &call.input(place) : nullptr;
  };
  return {call.make.batch_normalization(call.input(0), optional(1), optional(2), call.input(3),
                                        call.input(4), call.number("epsilon", 1e-3),
                                        call.integer("axis", -1))};
}

Values group_normalization(const RuleCall& call) {
  return {call.make.group_normalization(call.input(0), &call.input(1), &call.input(2),
                                        call.integer("groups", 1), call.number("epsilon", 1e-5),
                                        1)};
}

constexpr Rule rules[] = {
    {"thaw.GroupNormalization", &group_normalization},
    {"thaw.Silu", &silu},
    {"thaw.Gelu", &gelu},
    {"thaw.HardSigmoid", &hard_sigmoid},
    {"thaw.LeakyRelu", &leaky},
    {"thaw.BatchNormalization", &batch_normalization},
    {"thaw.LayerNormalization", &layer_normalization},
};

}  // namespace

namespace rule_families {
extern const RuleFamily recognized;
const RuleFamily recognized{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
