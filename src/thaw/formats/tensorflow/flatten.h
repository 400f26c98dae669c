#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "thaw/formats/import/foreign_graph.h"
#include "thaw/formats/tensorflow/graph_def.pb.h"

namespace thaw::tensorflow {

/// What a tensor is while functions are put in the places of their calls.
struct Slot {
  enum class Kind {
    value,     ///< of the graph that is made
    variable,  ///< a handle, or a reference that reads as its value
    dead,      ///< of the side of a condition that is not taken
    none,      ///< text, or a resource of another kind
  };
  Kind kind = Kind::none;
  std::string name = {};              ///< of the value, or the variable's handle
  std::optional<int64_t> known = {};  ///< of a flag or whole number that is known
};

/// Makes one flat graph of TensorFlow's: functions in the places of their calls, conditions decided
/// (no one trains), variables read. Only what outputs need is looked at.
///
/// Memory and time are in proportion to the file: calls may repeat a function's nodes, but not to
/// many times what the file has. Throws Error for loops, for conditions that depend on the input,
/// and for recursion.
class Flattener {
 public:
  struct Options {
    /// Of a variable by its node's name, or as the caller called it in a Slot.
    std::function<foreign::Constant(const std::string& handle)> read_variable;
    /// Whether constants are weights, as in a frozen graph, and so keep their names.
    bool names_constants = false;
  };

  /// `graph` must outlive this.
  Flattener(const proto::GraphDef& graph, Options options);

  /// An input of the graph that is made; `port` is what it would be called.
  Slot input(const std::string& port, std::vector<int64_t> sizes);
  /// What a reference of the outer graph ("input:0") is given. To be called first.
  void feed(const std::string& reference, Slot slot);

  /// A constant that is true or false.
  Slot flag(bool value);

  /// The values of these references of the outer graph.
  std::vector<Slot> outer(const std::vector<std::string>& references);
  /// The outputs of a function, in the order of its signature.
  std::vector<Slot> function(const std::string& name, std::vector<Slot> arguments);

  const proto::FunctionDef* find_function(const std::string& name) const;

  /// Makes the slots the outputs, and moves the graph out without what they do not need. Throws
  /// Error for one that is no value.
  foreign::ForeignGraph finish(const std::vector<Slot>& outputs);

 private:
  using Nodes = google::protobuf::RepeatedPtrField<proto::NodeDef>;
  using Index = std::unordered_map<std::string, const proto::NodeDef*>;

  /// One call of a function, or the outer graph.
  struct Frame {
    const Index& nodes;
    bool is_function = false;
    std::unordered_map<std::string, Slot> given = {};
    std::unordered_map<const proto::NodeDef*, std::vector<Slot>> made = {};
    std::unordered_map<const proto::NodeDef*, int64_t> outputs = {};  ///< how many are read
  };
  struct Reference {
    const proto::NodeDef* node = nullptr;
    int64_t place = 0;
    const Slot* given = nullptr;  ///< then there is no node
  };

  const Index& index_of(const proto::FunctionDef& function);
  Reference resolve(const Frame& frame, const std::string& reference) const;
  std::vector<const proto::NodeDef*> in_order(Frame& frame, const std::vector<std::string>& wanted);
  std::vector<Slot> run(Frame& frame, const std::vector<std::string>& wanted);
  Slot look_up(const Frame& frame, const std::string& reference) const;

  std::vector<Slot> make(Frame& frame, const proto::NodeDef& node);
  std::optional<std::vector<Slot>> make_special(const proto::NodeDef& node,
                                                std::vector<Slot>& inputs);
  std::optional<std::vector<Slot>> make_condition(const proto::NodeDef& node,
                                                  std::vector<Slot>& inputs);
  std::vector<Slot> call(const proto::NodeDef& node, const std::string& name,
                         std::vector<Slot> inputs);
  Slot constant(const proto::NodeDef& node);
  Slot read(const Slot& variable);
  std::vector<Slot> emit(Frame& frame, const proto::NodeDef& node, std::vector<Slot>& inputs);
  std::string own_name(const std::string& name);
  void spend(size_t nodes);

  const proto::GraphDef& graph_;
  Options options_;
  foreign::ForeignGraph made_{.dialect = foreign::Dialect::tensorflow};
  std::unordered_map<std::string, const proto::FunctionDef*> functions_;
  std::unordered_map<const proto::FunctionDef*, Index> indices_;
  Index outer_index_;
  std::optional<Frame> outer_;
  std::unordered_map<const proto::NodeDef*, Slot> constants_;
  std::unordered_set<std::string> taken_;
  std::unordered_map<std::string, int> names_;  ///< and the last number that each was given
  int depth_ = 0;
  size_t nodes_left_ = 0;
  int64_t fill_left_ = int64_t{1} << 23;
};

}  // namespace thaw::tensorflow
