#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "thaw/formats/import/foreign_graph.h"
#include "thaw/formats/tensorflow/saved_model.pb.h"
#include "thaw/formats/tensorflow/tensor_bundle.h"

namespace thaw::tensorflow {

/// The variables of a SavedModel, by what its graphs call them: a node of the outer graph, or an
/// object that a function has captured ("#12").
///
/// TensorFlow 2's objects say under which key their variable is in the checkpoint; for nodes that
/// no object stands for, as in TensorFlow 1, the part of the graph that restores variables does.
class Variables {
 public:
  /// Of a graph without variables.
  Variables() = default;
  /// `files` and `graph` must outlive this. Throws Error for a checkpoint that is damaged.
  Variables(const FileSet& files, const proto::MetaGraphDef& graph);

  /// What `read` and a function's captured inputs call an object.
  static std::string handle_of(int32_t object) { return "#" + std::to_string(object); }

  /// Whether the object is a variable of the checkpoint.
  bool has_object(int32_t object) const { return objects_.contains(object); }
  bool empty() const { return bundle_.size() == 0; }

  /// Its numbers, name, and whether it trains. Throws Error where it is none.
  foreign::Constant read(const std::string& handle) const;

 private:
  struct Kept {
    std::string key;   ///< in the checkpoint
    std::string name;  ///< the variable's own
    std::optional<bool> can_train = {};
  };

  void add_objects(const proto::SavedObjectGraph& objects);
  void add_captured(const proto::MetaGraphDef& graph);
  void add_restored(const proto::MetaGraphDef& graph);
  void add_collections(const proto::MetaGraphDef& graph);
  void add_named(const proto::MetaGraphDef& graph);
  void tell_apart(const proto::SavedObjectGraph& objects);

  TensorBundle bundle_;
  std::map<int32_t, Kept> objects_;
  std::map<std::string, Kept, std::less<>> nodes_;
};

}  // namespace thaw::tensorflow
