#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "thaw/formats/import/foreign_graph.h"
#include "thaw/formats/tflite/tflite_file.h"

namespace thaw::tflite {

/// Makes a foreign graph in TensorFlow's words: tensors are values by name, those of buffers
/// constants.
class GraphWriter {
 public:
  /// Throws Error for a model whose numbers are quantized while it runs.
  explicit GraphWriter(const TfliteFile& file);

  /// Throws Error for a number that is none of a tensor.
  const schema::Tensor& tensor(int32_t index) const;
  /// Whether its numbers are known beforehand.
  bool is_known(int32_t index) const;
  /// Whether all that the operation does is to make floats of half floats that are known.
  bool gives_known(const schema::Operator& one) const;
  /// The numbers of a tensor that is. Throws Error where all that were asked for are far more than
  /// the file holds: many tensors may share one buffer.
  foreign::Array array(int32_t index);

  /// The name of the tensor's value; of one that is known, a constant, which is a weight of this
  /// name. Empty for one that is left out, −1.
  std::string value(int32_t index, const std::string& weight);
  /// A new value of these numbers.
  std::string known(foreign::Array array, const std::string& weight = "");
  /// A name that no value has.
  std::string fresh(const std::string& stem);
  void add(foreign::Node node) { graph_.nodes.push_back(std::move(node)); }

  /// What a layer is called that makes this tensor, without the model's name before it: of
  /// "m/relu/Relu;m/conv/Conv2D" "relu", and for one of the kind "Conv2D" "conv".
  std::string layer_name(int32_t index, std::string_view kind) const;

  /// With the inputs and outputs that the file says.
  foreign::ForeignGraph finish() &&;
  /// What the user should know, a line each.
  std::vector<std::string> notes() const;

 private:
  void mark_made();
  void name_values();
  void expect_floats() const;

  const TfliteFile& file_;
  const schema::SubGraph& graph_of_file_;
  foreign::ForeignGraph graph_{.dialect = foreign::Dialect::tensorflow};
  std::vector<std::string> names_;        ///< of the tensors' values
  std::vector<bool> is_made_;             ///< by an operation, or given
  std::map<int32_t, int32_t> stored_as_;  ///< a known tensor by that which DEQUANTIZE makes of it
  std::map<int32_t, std::string> made_constants_;
  std::set<std::string, std::less<>> taken_;
  std::map<std::string, size_t> repeated_;  ///< how often names were asked for again
  std::string model_name_;                  ///< what all names begin with: "sequential/"
  size_t bytes_left_;
  std::set<std::string> kinds_of_weights_;  ///< quantized ones that were read
};

}  // namespace thaw::tflite
