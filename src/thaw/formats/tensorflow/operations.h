#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "thaw/core/config.h"
#include "thaw/formats/tensorflow/graph_def.pb.h"

/// What TensorFlow's operations are called and have, for readers of its graphs in any file.
namespace thaw::tensorflow {

/// Under which name rules know it: those that mean just the same as ONNX's go by its names, so that
/// patterns fit both ("AddV2" is "Add", "Maximum" is "Max", and the reduction "Max" is
/// "ReduceMax").
std::string_view rule_name(std::string_view op);

/// Whether its first output is its first input, unless someone trains or looks on: "Identity",
/// "StopGradient", "CheckNumerics".
bool is_passed_through(std::string_view op);

/// Which output of all, counted from 0, number `index` of the output called `name` is: within
/// functions inputs are written "node:batch_mean:0".
int64_t output_place(std::string_view op, std::string_view name, int64_t index);

/// An attribute as a value: types by name ("DT_FLOAT"), shapes as lists with −1 for what is open.
/// Nothing for functions and tensors, which are no attributes of a foreign graph.
std::optional<Config> attribute_value(const proto::AttrValue& value);

}  // namespace thaw::tensorflow
