#pragma once

#include <map>
#include <set>
#include <string>

#include "thaw/formats/import/foreign_graph.h"
#include "thaw/formats/onnx/attributes.h"
#include "thaw/formats/onnx/external_files.h"

namespace thaw::onnx {

/// Makes a ForeignGraph of a model's graph, functions and branches in place (see read_onnx.h).
class GraphReader {
 public:
  /// The model must outlive this.
  GraphReader(const schema::Model& model, const std::filesystem::path* path);

  foreign::ForeignGraph read();

 private:
  /// What names mean in the graph, or in one call of a function or branch.
  struct Scope {
    const Scope* outer = nullptr;  ///< whose values a branch reads too
    std::string prefix = {};       ///< of the values that are made here
    std::string call = {};         ///< of nodes' names: the calls that led here
    std::map<std::string, std::string, std::less<>> values = {};  ///< names here: the graph's
    Attributes attributes = {};                                   ///< of the call
    int depth = 0;
  };

  void add_initializers(const schema::Graph& graph, Scope& scope);
  void add_nodes(const google::protobuf::RepeatedPtrField<schema::Node>& nodes, Scope& scope);
  void add_node(const schema::Node& node, Scope& scope);
  void add_constant(const schema::Node& node, const Attributes& attributes, Scope& scope);
  void add_operation(const schema::Node& node, const Attributes& attributes, Scope& scope);
  void call_function(const schema::Function& function, const schema::Node& node,
                     const Attributes& attributes, Scope& scope);
  void take_branch(const schema::Node& node, const Attributes& attributes, Scope& scope);
  Scope inner(const schema::Node& node, const Scope& scope);

  const schema::Function* function_of(const schema::Node& node) const;
  /// The graph's name of what is called so here; throws Error where nothing is.
  std::string resolve(const Scope& scope, const std::string& name) const;
  /// Another name of a value; throws Error where the scope has that name.
  static void bind(Scope& scope, const std::string& name, std::string value);
  /// A new value of the scope.
  std::string define(Scope& scope, const std::string& name);
  /// Counts what calls copy; throws Error where it passes what any model's takes.
  void count_copy(const Scope& scope, int64_t size);

  const schema::Model& model_;
  ExternalFiles files_;
  foreign::ForeignGraph graph_;
  std::map<std::string, const schema::Function*, std::less<>> functions_;
  std::set<std::string, std::less<>> made_;  ///< the graph's values
  int64_t copied_ = 0;
  int64_t calls_ = 0;
};

}  // namespace thaw::onnx
