#pragma once

#include <functional>
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

/// Which of a node's bases is tried first.
enum class TryFirst { nearest, farthest };

/// Takes the nodes from the last to the first as the end of a run of `ops` that begins at one of
/// its bases and has 2 to `most_nodes` nodes. `replace` looks at a run, and where it knows it
/// writes its last node anew and returns true: then no node of the run is looked at again.
void replace_runs(Rewriting& graph, const std::set<std::string, std::less<>>& ops,
                  size_t most_nodes, TryFirst first,
                  const std::function<bool(Node& last, const std::string& base,
                                           std::span<Node* const> nodes)>& replace);

/// Computes what is known already by the rules themselves: nodes of known inputs alone become
/// constants.
void fold_constants(ForeignGraph& graph);

/// What `nodes` give where `base` is `numbers`; nullopt where they cannot be computed beforehand.
std::optional<Array> evaluate(const ForeignGraph& graph, std::span<Node* const> nodes,
                              const std::string& base, const Array& numbers);

}  // namespace thaw::foreign
