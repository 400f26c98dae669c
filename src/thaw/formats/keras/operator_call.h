#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "thaw/formats/keras/nodes.h"
#include "thaw/formats/keras/old_names.h"
#include "thaw/graph/layer.h"

namespace thaw::keras {

/// Numbers that stand where a tensor could: 3, [0.1, 0.2, 0.3], an array.
struct Numbers {
  Shape shape;  ///< as written: of rank 0 for one number
  std::vector<float> values;
};

/// One call of an operator: its arguments, whichever way they were given, and the layers that are
/// made for it.
class OperatorCall {
 public:
  OperatorCall(const ClassAndConfig& what, const char* word, const Node& node,
               const std::vector<Symbol>& inputs)
      : what_(what), word_(word), node_(node), inputs_(inputs) {}

  /// The operator's, by which several share a function.
  const char* word() const { return word_; }

  /// The argument at `place`, or of one of these names, or the operator's own setting of one;
  /// nullptr where it is absent or null.
  const Config* find(size_t place, std::initializer_list<const char*> names) const;
  /// Those that are given by name, or are settings of the operator.
  const Config* find(std::initializer_list<const char*> names) const {
    return find(no_place, names);
  }

  using Operand = std::variant<Symbol, Numbers>;
  /// Throws Error where it is absent.
  Operand operand(size_t place, std::initializer_list<const char*> names) const;
  /// Throws Error where it is no tensor of the model.
  Symbol tensor(size_t place, std::initializer_list<const char*> names) const;
  /// A list of them.
  std::vector<Symbol> tensors(size_t place, std::initializer_list<const char*> names) const;
  /// The tensor that most operators are called on.
  Symbol x() const { return tensor(0, {"x", "input", "features", "tensor", "logits", "images"}); }

  bool flag(std::initializer_list<const char*> names, size_t place = no_place) const;
  std::optional<double> number(size_t place, std::initializer_list<const char*> names) const;
  /// 1 or [1, 2]; empty where it is absent.
  std::vector<int64_t> integers(size_t place, std::initializer_list<const char*> names) const;
  std::optional<int64_t> integer(size_t place, std::initializer_list<const char*> names) const;

  /// Throws Error for an argument that nobody has asked for and that may change what is computed.
  void expect_no_more() const;

  /// Calls a layer that is made for this operator alone.
  Symbol call(const Layer& layer, const Symbol& x) const;
  Symbol call(const Layer& layer, const std::vector<Symbol>& xs) const;
  /// The same of a layer by its class in Keras's words.
  Symbol call(std::string_view class_name, const Config& config,
              const std::vector<Symbol>& xs) const;

  /// No place: by name only.
  static constexpr size_t no_place = static_cast<size_t>(-1);

 private:
  const ClassAndConfig& what_;
  const char* word_;
  const Node& node_;
  const std::vector<Symbol>& inputs_;
  mutable int count_ = 0;
  mutable std::set<size_t> places_asked_for_;
  mutable std::set<std::string, std::less<>> names_asked_for_;
};

/// An axis that counts the batch, or from the end, as one of `shape`, which has none. Throws Error
/// for the batch's own.
int axis_of(int64_t axis, const Shape& shape);

/// What one operation of TensorFlow and of Keras 3 is here.
struct Operator {
  std::string_view keras;       ///< its class in Keras 3, empty where it has none
  std::string_view tensorflow;  ///< its name under tf., empty where it has none
  std::vector<Symbol> (*apply)(const OperatorCall& call);
  const char* word = "";  ///< what apply() is to do, where it can do several things
};

std::span<const Operator> arithmetic_operators();
std::span<const Operator> activation_operators();
std::span<const Operator> shape_operators();
std::span<const Operator> image_operators();
std::span<const Operator> logic_operators();
std::span<const Operator> placement_operators();

}  // namespace thaw::keras
