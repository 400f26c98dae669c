#include "thaw/formats/import/rule.h"

#include <fmt/format.h>

#include <map>

#include "thaw/core/error.h"

namespace thaw::foreign {
namespace {

using Table = std::map<std::string_view, const Rule*>;

const Table& table() {
  static const Table by_op = [] {
    Table result;
    for (const RuleFamily* family : rule_families::all())
      for (const Rule& rule : family->rules) result.emplace(rule.op, &rule);
    return result;
  }();
  return by_op;
}

/// Reads an attribute, whose name then stands before what was wrong with it.
template <typename Read>
auto named(std::string_view attribute, Read&& read) {
  return with_context(fmt::format("attribute {}", attribute), std::forward<Read>(read));
}

}  // namespace

const Rule* find_rule(Dialect dialect, std::string_view op) {
  const std::string own = fmt::format("{}:{}", dialect == Dialect::onnx ? "onnx" : "tf", op);
  if (const auto found = table().find(own); found != table().end()) return found->second;
  const auto found = table().find(op);
  return found == table().end() ? nullptr : found->second;
}

bool RuleCall::has_input(size_t place) const {
  return place < inputs_.size() && (inputs_[place].is_known() || !inputs_[place].axes.empty());
}

const Value& RuleCall::input(size_t place) const {
  if (!has_input(place)) {
    throw Error(fmt::format("expected at least {} inputs, received {}", place + 1, inputs_.size()));
  }
  return inputs_[place];
}

const Array& RuleCall::known(size_t place, const char* what) const {
  if (!input(place).is_known()) {
    throw Error(
        fmt::format("expected {} that is known beforehand, received one that depends on "
                    "what the graph is given",
                    what));
  }
  return input(place).constant->array;
}

const Array* RuleCall::known_or_null(size_t place, const char* what) const {
  return has_input(place) ? &known(place, what) : nullptr;
}

const Config* RuleCall::find(std::string_view attribute) const {
  const Config* found = node_.attributes.find(attribute);
  return found == nullptr || found->is_null() ? nullptr : found;
}

int64_t RuleCall::integer(std::string_view attribute, int64_t otherwise) const {
  const Config* found = find(attribute);
  return found == nullptr ? otherwise : named(attribute, [&] { return found->as_integer(); });
}

double RuleCall::number(std::string_view attribute, double otherwise) const {
  const Config* found = find(attribute);
  return found == nullptr ? otherwise : named(attribute, [&] { return found->as_number(); });
}

bool RuleCall::flag(std::string_view attribute, bool otherwise) const {
  const Config* found = find(attribute);
  if (found == nullptr) return otherwise;
  return named(attribute,
               [&] { return found->is_bool() ? found->as_bool() : found->as_integer() != 0; });
}

std::string RuleCall::text(std::string_view attribute, std::string_view otherwise) const {
  const Config* found = find(attribute);
  return found == nullptr ? std::string(otherwise)
                          : named(attribute, [&] { return found->as_string(); });
}

std::vector<int64_t> RuleCall::integers(std::string_view attribute,
                                        std::vector<int64_t> otherwise) const {
  const Config* found = find(attribute);
  if (found == nullptr) return otherwise;
  return named(attribute, [&] {
    if (found->is_number()) return std::vector<int64_t>{found->as_integer()};
    std::vector<int64_t> result;
    for (const Config& item : found->as_list()) result.push_back(item.as_integer());
    return result;
  });
}

}  // namespace thaw::foreign
