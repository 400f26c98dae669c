#include "thaw/formats/tflite/operator_call.h"

#include <fmt/format.h>

#include "thaw/core/error.h"

namespace thaw::tflite {
namespace {

using schema::Activation;

/// The operation that an activation is; nullptr where it takes others.
const char* operation_of(Activation activation) {
  switch (activation) {
    case Activation::Activation_RELU:
      return "Relu";
    case Activation::Activation_RELU6:
      return "Relu6";
    case Activation::Activation_TANH:
      return "Tanh";
    default:
      return nullptr;
  }
}

}  // namespace

OperatorCall::OperatorCall(GraphWriter& writer, const schema::Operator& from, std::string_view word,
                           std::string_view kind)
    : write(writer), from_(from), word_(word) {
  if (const auto* made = from.outputs(); made != nullptr && made->size() > 0) {
    layer_ = writer.layer_name(made->Get(0), kind);
    last_ = writer.layer_name(made->Get(0), {});
  }
}

size_t OperatorCall::input_count() const {
  return from_.inputs() == nullptr ? 0 : from_.inputs()->size();
}

bool OperatorCall::has_input(size_t place) const {
  return place < input_count() &&
         from_.inputs()->Get(static_cast<flatbuffers::uoffset_t>(place)) >= 0;
}

int32_t OperatorCall::input(size_t place) const {
  if (!has_input(place))
    throw Error(fmt::format("expected at least {} inputs, received {}", place + 1, input_count()));
  return from_.inputs()->Get(static_cast<flatbuffers::uoffset_t>(place));
}

const schema::Tensor& OperatorCall::output() const {
  const auto* made = from_.outputs();
  if (made == nullptr || made->size() == 0) throw Error("expected an operation that gives a value");
  return write.tensor(made->Get(0));
}

std::string OperatorCall::value(size_t place, std::string_view weight) const {
  return write.value(input(place), fmt::format("{}/{}", layer_, weight));
}

std::vector<std::string> OperatorCall::values() const {
  std::vector<std::string> all;
  for (size_t place = 0; place < input_count(); ++place) all.push_back(value(place));
  return all;
}

schema::Activation OperatorCall::fused() const {
  for (const schema::Options type : {schema::Options_Add, schema::Options_Sub, schema::Options_Mul,
                                     schema::Options_Div, schema::Options_L2Norm}) {
    if (const auto* found = find_options<schema::ActivationOptions>(type))
      return found->activation();
  }
  return schema::Activation_NONE;
}

std::vector<std::string> OperatorCall::outputs() const {
  (void)output();
  std::vector<std::string> names;
  for (const int32_t index : *from_.outputs()) names.push_back(write.value(index, ""));
  return names;
}

std::string OperatorCall::step(std::string_view op, std::vector<std::string> inputs,
                               Config attributes) {
  std::string result = write.fresh(fmt::format("{}/{}", layer_, op));
  write.add({.name = fmt::format("{}/{}", layer_, op),
             .op = std::string(op),
             .inputs = std::move(inputs),
             .outputs = {result},
             .attributes = std::move(attributes)});
  return result;
}

void OperatorCall::finish(std::string_view op, std::vector<std::string> inputs, Config attributes,
                          schema::Activation activation) {
  if (activation != schema::Activation_NONE) {
    finish_with(step(op, std::move(inputs), std::move(attributes)), activation);
    return;
  }
  write.add({.name = layer_,
             .op = std::string(op),
             .inputs = std::move(inputs),
             .outputs = outputs(),
             .attributes = std::move(attributes)});
}

void OperatorCall::finish_with(const std::string& value, schema::Activation activation) {
  foreign::Node node{.name = last_, .op = "Identity", .inputs = {value}, .outputs = outputs()};
  // The layer with the weights has that name already.
  if (const char* op = operation_of(activation); op != nullptr) {
    node.op = op;
    if (last_ == layer_) node.name += fmt::format("/{}", op);
  } else if (activation == schema::Activation_RELU_N1_TO_1) {
    node.op = "ClipByValue";
    node.inputs.push_back(write.known(foreign::Array::scalar(-1.0F)));
    node.inputs.push_back(write.known(foreign::Array::scalar(1.0F)));
  } else if (activation != schema::Activation_NONE) {
    throw Error(fmt::format("expected a fused activation that is known, received {}",
                            schema::EnumNameActivation(activation)));
  }
  write.add(std::move(node));
}

}  // namespace thaw::tflite
