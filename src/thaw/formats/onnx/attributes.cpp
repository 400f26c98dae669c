#include "thaw/formats/onnx/attributes.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace thaw::onnx {
namespace {

using schema::Attribute;

double written(float value) {
  if (!std::isfinite(value)) return double{value};
  const std::string text = fmt::format("{}", value);
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

template <typename Field, typename Convert>
Config list_of(const Field& values, Convert convert) {
  Config::List list;
  list.reserve(static_cast<size_t>(values.size()));
  for (const auto& value : values) list.emplace_back(convert(value));
  return {std::move(list)};
}

}  // namespace

Attributes attributes_of(const schema::Node& node, const Attributes& of_call) {
  Attributes result;
  for (const Attribute& attribute : node.attribute()) {
    if (!attribute.has_ref_attr_name() || attribute.ref_attr_name().empty()) {
      result[attribute.name()] = &attribute;
      continue;
    }
    const auto called = of_call.find(attribute.ref_attr_name());
    if (called != of_call.end()) result[attribute.name()] = called->second;
  }
  return result;
}

Attribute::Kind kind_of(const Attribute& attribute) {
  if (attribute.type() != Attribute::UNDEFINED)
    return Attribute::Kind_IsValid(attribute.type())
               ? static_cast<Attribute::Kind>(attribute.type())
               : Attribute::UNDEFINED;
  if (attribute.has_f()) return Attribute::FLOAT;
  if (attribute.has_i()) return Attribute::INT;
  if (attribute.has_s()) return Attribute::STRING;
  if (attribute.has_t()) return Attribute::TENSOR;
  if (attribute.has_g()) return Attribute::GRAPH;
  if (attribute.floats_size() > 0) return Attribute::FLOATS;
  return attribute.strings_size() > 0 ? Attribute::STRINGS : Attribute::INTS;
}

Config config_of(const Attribute& attribute) {
  switch (kind_of(attribute)) {
    case Attribute::FLOAT:
      return {written(attribute.f())};
    case Attribute::INT:
      return {attribute.i()};
    case Attribute::STRING:
      return {attribute.s()};
    case Attribute::FLOATS:
      return list_of(attribute.floats(), written);
    case Attribute::INTS:
      return list_of(attribute.ints(), [](int64_t value) { return value; });
    case Attribute::STRINGS:
      return list_of(attribute.strings(), [](const std::string& value) { return value; });
    default:
      return {};
  }
}

}  // namespace thaw::onnx
