#include "thaw/formats/keras/operators.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "thaw/core/error.h"

namespace thaw::keras {
namespace {

struct Spelling {
  std::string_view function;  ///< its name in a TFOpLambda
  std::string_view class_name;
};

constexpr auto spellings = std::to_array<Spelling>({{"__operators__.add", "Add"},
                                                    {"math.add", "Add"},
                                                    {"math.subtract", "Subtract"},
                                                    {"__operators__.sub", "Subtract"},
                                                    {"math.multiply", "Multiply"},
                                                    {"__operators__.mul", "Multiply"},
                                                    {"math.truediv", "TrueDivide"},
                                                    {"math.divide", "TrueDivide"},
                                                    {"__operators__.truediv", "TrueDivide"}});

std::string class_of(const ClassAndConfig& what) {
  if (what.class_name == "Divide") return "TrueDivide";
  if (what.class_name != "TFOpLambda") return what.class_name;
  const std::string& function = what.config.at("function").as_string();
  for (const Spelling& spelling : spellings)
    if (spelling.function == function) return std::string(spelling.class_name);
  throw Error(
      fmt::format("the function tf.{} is not known; expected a sum, difference, product or "
                  "quotient",
                  function));
}

/// x ∘ number, or number ∘ x, as x·scale + offset.
Config rescaling(const std::string& operation, double number, bool number_is_first,
                 const Config& name) {
  double scale = 1;
  double offset = 0;
  if (operation == "Add") {
    offset = number;
  } else if (operation == "Subtract") {
    scale = number_is_first ? -1 : 1;
    offset = number_is_first ? number : -number;
  } else if (operation == "Multiply") {
    scale = number;
  } else if (operation == "TrueDivide" && !number_is_first && number != 0) {
    scale = 1 / number;
  } else {
    throw Error(fmt::format("expected a call on tensors of this model only, received the number {}",
                            number));
  }
  return Config(Config::Map{{"name", name}, {"scale", scale}, {"offset", offset}});
}

}  // namespace

ClassAndConfig layer_of_operator(ClassAndConfig what, const std::vector<Node>& nodes) {
  const bool has_number =
      std::ranges::any_of(nodes, [](const Node& node) { return node.number.has_value(); });
  if (!has_number && what.class_name != "TFOpLambda") return what;
  const std::string operation = class_of(what);
  const Config name = what.config.at("name");
  if (!has_number) return {operation, Config(Config::Map{{"name", name}})};
  // Keras makes a new operator for each call, so there is only one; a second might have another
  // number.
  if (nodes.size() > 1) throw Error("expected one call of an operator, received several");
  return {"Rescaling", rescaling(operation, *nodes[0].number, nodes[0].number_is_first, name)};
}

}  // namespace thaw::keras
