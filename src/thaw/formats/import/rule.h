#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/formats/import/assembler.h"

namespace thaw::foreign {

/// One node while its layers are made: its inputs as values, its attributes by name.
class RuleCall {
 public:
  RuleCall(const Node& node, const ForeignGraph& graph, std::vector<Value> inputs,
           Assembler& assembler, const char* word)
      : make(assembler), node_(node), graph_(graph), inputs_(std::move(inputs)), word_(word) {}

  Assembler& make;  ///< what makes layers, or folds what is known

  const Node& node() const { return node_; }
  int64_t opset() const { return graph_.opset; }
  /// The rule's, by which several share a function.
  std::string_view word() const { return word_; }

  size_t input_count() const { return inputs_.size(); }
  /// Whether there is an input at this place and it was not left out.
  bool has_input(size_t place) const;
  /// Throws Error where it is absent.
  const Value& input(size_t place) const;
  std::span<const Value> inputs() const { return inputs_; }
  /// The input's numbers. Throws Error, which says that `what` is to be known beforehand, where
  /// they depend on what the graph is given.
  const Array& known(size_t place, const char* what) const;
  /// Of an optional one: nullptr where it is absent.
  const Array* known_or_null(size_t place, const char* what) const;

  /// Attributes; nullptr, or the default, where they are absent. Throw Error for another kind.
  const Config* find(std::string_view attribute) const;
  int64_t integer(std::string_view attribute, int64_t otherwise) const;
  double number(std::string_view attribute, double otherwise) const;
  bool flag(std::string_view attribute, bool otherwise) const;
  std::string text(std::string_view attribute, std::string_view otherwise) const;
  std::vector<int64_t> integers(std::string_view attribute,
                                std::vector<int64_t> otherwise = {}) const;

 private:
  const Node& node_;
  const ForeignGraph& graph_;
  std::vector<Value> inputs_;
  const char* word_;
};

/// What one operation becomes.
struct Rule {
  /// "onnx:Conv", "tf:Conv2D"; without a dialect where it means the same in both: "Relu", "Add".
  std::string_view op;
  /// The node's outputs in order; it may give fewer where nobody reads the others.
  std::vector<Value> (*apply)(const RuleCall& call);
  const char* word = "";        ///< what apply() is to do, where it can do several things
  bool takes_repeated = false;  ///< whether inputs may be such as are still to be repeated
};

/// The rules of one family of operations: what each file of rules/ defines.
struct RuleFamily {
  std::span<const Rule> rules;
};

namespace rule_families {
std::span<const RuleFamily* const> all();
}  // namespace rule_families

/// nullptr where there is none. An operation of both dialects is found under its bare name.
const Rule* find_rule(Dialect dialect, std::string_view op);

}  // namespace thaw::foreign
