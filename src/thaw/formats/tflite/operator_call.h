#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "thaw/core/error.h"
#include "thaw/formats/tflite/graph_writer.h"

namespace thaw::tflite {

/// One operation of the file while nodes are written for it.
class OperatorCall {
 public:
  OperatorCall(GraphWriter& writer, const schema::Operator& from, std::string_view word,
               std::string_view kind);

  GraphWriter& write;

  /// The row's of the table of operators, by which several share a function.
  std::string_view word() const { return word_; }
  /// What its layer is called; names of weights begin so.
  const std::string& layer() const { return layer_; }

  size_t input_count() const;
  /// Whether there is an input at this place and it was not left out.
  bool has_input(size_t place) const;
  /// The number of its tensor. Throws Error where it is absent.
  int32_t input(size_t place) const;
  const schema::Tensor& tensor(size_t place) const { return write.tensor(input(place)); }
  /// The tensor that the operation gives first. Throws Error where it gives none.
  const schema::Tensor& output() const;
  /// The name of its value; where it is known, it is a weight so called.
  std::string value(size_t place, std::string_view weight = "value") const;
  /// The values of all inputs.
  std::vector<std::string> values() const;

  /// The operation's options, which are of this type. Throws Error where it has none.
  template <typename Table>
  const Table& options(schema::Options type) const {
    const Table* found = find_options<Table>(type);
    if (found == nullptr) throw Error("expected the operation's options, and there are none");
    return *found;
  }
  /// nullptr where it has none: defaults hold.
  template <typename Table>
  const Table* find_options(schema::Options type) const {
    return from_.options_type() == type ? static_cast<const Table*>(from_.options()) : nullptr;
  }
  /// What is to follow an operation that has nothing but this among its options.
  schema::Activation fused() const;

  /// A node whose one output is a new value, which is returned.
  std::string step(std::string_view op, std::vector<std::string> inputs,
                   Config attributes = Config(Config::Map{}));
  /// The node that gives the operation's outputs, followed by `activation`.
  void finish(std::string_view op, std::vector<std::string> inputs,
              Config attributes = Config(Config::Map{}),
              schema::Activation activation = schema::Activation_NONE);
  /// The operation's output is this value, after `activation`.
  void finish_with(const std::string& value, schema::Activation activation);

 private:
  std::vector<std::string> outputs() const;

  const schema::Operator& from_;
  std::string_view word_;
  std::string layer_;  ///< that with the weights
  std::string last_;   ///< that which gives the result
};

}  // namespace thaw::tflite
