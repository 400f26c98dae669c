#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "thaw/formats/import/foreign_graph.h"

namespace thaw::foreign {

/// A graph while it is written anew: which node gives a value, and who reads it. Throws Error as
/// needed_in_order().
class Rewriting {
 public:
  explicit Rewriting(ForeignGraph& graph);

  ForeignGraph& graph() { return graph_; }
  /// The nodes that the outputs depend on, each after those it reads from.
  std::span<Node* const> nodes() const { return nodes_; }
  /// nullptr for a value that no node gives.
  Node* producer(std::string_view value) const;
  const Constant* constant(std::string_view value) const;

  /// The nodes between `base` and what `last` gives, `last` among them, each after those it reads
  /// from. nullopt where they are more than `most`, read another value that is not known, or are
  /// read from outside.
  std::optional<std::vector<Node*>> between(const std::string& base, Node& last, size_t most) const;

  /// The values from which alone a node's output is computed, by operations of `ops` and known
  /// numbers: the nearest first. Empty where there is none.
  std::vector<std::string> bases(const Node& node,
                                 const std::set<std::string, std::less<>>& ops) const;

 private:
  ForeignGraph& graph_;
  std::vector<Node*> nodes_;
  std::map<const Node*, size_t> places_;  ///< in nodes()
  std::map<std::string, Node*, std::less<>> producers_;
  std::map<std::string, std::vector<const Node*>, std::less<>> readers_;
  std::set<std::string, std::less<>> outputs_;
};

/// Computes what is known already by the rules themselves: nodes of known inputs alone become
/// constants.
void fold_constants(ForeignGraph& graph);

/// What `nodes` give where `base` is `numbers`; nullopt where they cannot be computed beforehand.
std::optional<Array> evaluate(const ForeignGraph& graph, std::span<Node* const> nodes,
                              const std::string& base, const Array& numbers);

}  // namespace thaw::foreign
