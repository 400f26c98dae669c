#include "thaw/formats/keras/operator_call.h"

#include <fmt/format.h>

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/graph/layer_type.h"

namespace thaw::keras {
namespace {

/// The most numbers that an array beside an operator may have.
constexpr size_t most_numbers = size_t{1} << 24;

constexpr std::string_view of_every_operator[] = {"name",   "trainable", "dtype",     "function",
                                                  "symbol", "training",  "fill_mode", "fill_value"};

void collect_numbers(const Config& value, size_t depth, std::vector<int64_t>& sizes,
                     std::vector<float>& values) {
  if (!value.is_list()) {
    if (value.is_bool() || !value.is_number() || depth != sizes.size())
      throw Error("expected numbers, received " + value.to_string().substr(0, 60));
    if (values.size() == most_numbers) throw Error("expected an array of at most 2^24 numbers");
    values.push_back(static_cast<float>(value.as_number()));
    return;
  }
  const auto& list = value.as_list();
  const auto size = static_cast<int64_t>(list.size());
  if (depth == sizes.size()) {
    if (!values.empty()) throw Error("expected an array, received lists of several depths");
    sizes.push_back(size);
  }
  if (list.empty() || sizes[depth] != size)
    throw Error("expected an array, received lists of several lengths");
  for (const Config& item : list) collect_numbers(item, depth + 1, sizes, values);
}

Numbers numbers_of(const Config& value) {
  std::vector<int64_t> sizes;
  Numbers result;
  collect_numbers(value, 0, sizes, result.values);
  result.shape = Shape(std::move(sizes));
  return result;
}

std::string first_of(std::initializer_list<const char*> names) {
  return names.size() == 0 ? "?" : *names.begin();
}

}  // namespace

const Config* OperatorCall::find(size_t place, std::initializer_list<const char*> names) const {
  const Config* found = nullptr;
  if (place != no_place) places_asked_for_.insert(place);
  names_asked_for_.insert(names.begin(), names.end());
  if (place != no_place && place < node_.arguments.as_list().size())
    found = &node_.arguments.as_list()[place];
  for (const Config* among : {&node_.keywords, &what_.config}) {
    for (const char* name : names)
      if (found == nullptr) found = among->find(name);
  }
  return found == nullptr || found->is_null() ? nullptr : found;
}

OperatorCall::Operand OperatorCall::operand(size_t place,
                                            std::initializer_list<const char*> names) const {
  const Config* value = find(place, names);
  if (value == nullptr) throw Error(fmt::format("expected an argument {}", first_of(names)));
  if (const auto index = tensor_of(*value)) {
    if (*index >= inputs_.size()) throw Error("expected a tensor of the model");
    return inputs_[*index];
  }
  return with_context(first_of(names), [&] { return numbers_of(*value); });
}

Symbol OperatorCall::tensor(size_t place, std::initializer_list<const char*> names) const {
  const Config* value = find(place, names);
  // tf.keras writes a list of one tensor as the tensor, and the other way round.
  if (value != nullptr && value->is_list() && value->as_list().size() == 1)
    value = &value->as_list()[0];
  const auto index = value == nullptr ? std::nullopt : tensor_of(*value);
  if (!index || *index >= inputs_.size()) {
    throw Error(fmt::format("expected a tensor of the model as {}, received {}", first_of(names),
                            value == nullptr ? "none" : value->to_string().substr(0, 60)));
  }
  return inputs_[*index];
}

std::vector<Symbol> OperatorCall::tensors(size_t place,
                                          std::initializer_list<const char*> names) const {
  const Config* value = find(place, names);
  if (value == nullptr || !value->is_list()) return {tensor(place, names)};
  std::vector<Symbol> result;
  for (const Config& item : value->as_list()) {
    const auto index = tensor_of(item);
    if (!index || *index >= inputs_.size()) {
      throw Error(fmt::format("expected tensors of the model, received {}",
                              item.to_string().substr(0, 60)));
    }
    result.push_back(inputs_[*index]);
  }
  if (result.empty()) throw Error("expected a list of tensors, received none");
  return result;
}

bool OperatorCall::flag(std::initializer_list<const char*> names, size_t place) const {
  const Config* value = find(place, names);
  if (value == nullptr) return false;
  return value->is_integer() ? value->as_integer() != 0 : value->as_bool();
}

std::optional<double> OperatorCall::number(size_t place,
                                           std::initializer_list<const char*> names) const {
  const Config* value = find(place, names);
  if (value == nullptr) return std::nullopt;
  if (tensor_of(*value)) {
    throw Error(
        fmt::format("expected a number as {}, received a tensor of the model", first_of(names)));
  }
  return with_context(first_of(names), [&] { return value->as_number(); });
}

std::vector<int64_t> OperatorCall::integers(size_t place,
                                            std::initializer_list<const char*> names) const {
  const Config* value = find(place, names);
  std::vector<int64_t> result;
  if (value == nullptr) return result;
  with_context(first_of(names), [&] {
    if (!value->is_list()) {
      result.push_back(value->as_integer());
    } else {
      for (const Config& item : value->as_list())
        result.push_back(item.is_null() ? -1 : item.as_integer());
    }
    return 0;
  });
  return result;
}

std::optional<int64_t> OperatorCall::integer(size_t place,
                                             std::initializer_list<const char*> names) const {
  const auto found = integers(place, names);
  if (found.size() > 1)
    throw Error(fmt::format("expected one {}, received {}", first_of(names), found.size()));
  return found.empty() ? std::nullopt : std::optional(found[0]);
}

void OperatorCall::expect_no_more() const {
  const auto& arguments = node_.arguments.as_list();
  for (size_t place = 0; place < arguments.size(); ++place) {
    if (places_asked_for_.contains(place) || arguments[place].is_null()) continue;
    throw Error(fmt::format("expected no more arguments, received {}",
                            arguments[place].to_string().substr(0, 60)));
  }
  for (const Config* among : {&node_.keywords, &what_.config}) {
    for (const auto& [name, value] : among->as_map()) {
      const bool changes_nothing =
          value.is_null() || value == Config(false) || names_asked_for_.contains(name) ||
          std::ranges::find(of_every_operator, name) != std::end(of_every_operator) ||
          (name == "data_format" && (value == Config("channels_last") || value == Config("NHWC")));
      if (!changes_nothing) {
        throw Error(fmt::format("expected no argument {}, received {}", name,
                                value.to_string().substr(0, 60)));
      }
    }
  }
}

Symbol OperatorCall::call(const Layer& layer, const Symbol& x) const {
  return call(layer, std::vector<Symbol>{x});
}

Symbol OperatorCall::call(const Layer& layer, const std::vector<Symbol>& xs) const {
  layer.set_name(fmt::format("{}.{}", what_.config.at("name").as_string(), ++count_));
  return layer(xs);
}

Symbol OperatorCall::call(std::string_view class_name, const Config& config,
                          const std::vector<Symbol>& xs) const {
  const LayerType* type = layer_types::find(class_name);
  if (type == nullptr) throw Error(fmt::format("layer {} is not known", class_name));
  return call(Layer(type->from_config(config)), xs);
}

int axis_of(int64_t axis, const Shape& shape) {
  const int64_t result = axis < 0 ? axis + shape.rank() : axis - 1;
  if (axis == 0 || result < 0 || result >= shape.rank()) {
    throw Error(fmt::format("expected an axis after the batch's of a batch of {}, received axis {}",
                            shape.to_string(), axis));
  }
  return static_cast<int>(result);
}

}  // namespace thaw::keras
