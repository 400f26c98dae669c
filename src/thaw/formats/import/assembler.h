#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/formats/import/value.h"
#include "thaw/ops/geometry.h"

namespace thaw::foreign {

/// The window of a convolution or pooling over (height, width).
struct Window {
  Size2 strides = 1;
  Size2 dilations = 1;
  bool is_same = false;  ///< TensorFlow's "SAME", which pads at the end first
  /// Zeros on each side, where it is not `same`.
  int64_t top = 0, bottom = 0, left = 0, right = 0;
};

enum class Binary { add, subtract, multiply, divide, maximum, minimum, power };
enum class Reduction { mean, sum, max, min };

/// What rules are written with: makes layers of neutral descriptions, knows how values lie, and
/// folds where all inputs are known. All axes are the foreign graph's, counted with the batch, from
/// the end where negative; kernels are in Keras's layout. Everything throws Error saying what was
/// expected and received; the importer adds the node.
class Assembler {
 public:
  /// Before each node: its name is where layers without weights get theirs.
  void begin_node(const Node& node);

  /// The sizes of the foreign value, its batch as the graph's stand-in (see batch()).
  Shape shape_of(const Value& value) const;
  /// The number that stands for the batch's size in sums of shapes: the graph's own where it is
  /// fixed, a large prime elsewhere.
  int64_t batch() const { return batch_; }
  int axis_of(const Value& value, int64_t axis) const;

  static Value known(Array array) { return {.constant = Constant{std::move(array)}}; }
  /// Counts numbers that are made of nothing or of others before the graph runs. Throws Error where
  /// they are far more than the file holds: a few bytes may ask for a whole memory.
  void count_known(int64_t elements);
  /// Some millions, and eight for each that the graph holds.
  void allow_known(const ForeignGraph& graph);

  /// x [.., channels at `channel_axis`] with `kernel` [h, w, in/groups, out], `bias` [out] or null;
  /// for depthwise, [h, w, in, multiplier]. One-dimensional ones have h = 1 and x's one axis as w.
  Value convolution(const Value& x, const Value& kernel, const Value* bias, const Window& window,
                    int64_t groups, int channel_axis);
  Value depthwise_convolution(const Value& x, const Value& kernel, const Value* bias,
                              const Window& window, int channel_axis);
  /// kernel [h, w, out, in] as Keras's Conv2DTranspose.
  Value transposed_convolution(const Value& x, const Value& kernel, const Value* bias,
                               const Window& window, Size2 output_padding, int channel_axis);
  /// Maximum, or the mean; `counts_padding`: padding is part of what the mean divides by.
  Value pooling(const Value& x, bool is_max, Size2 size, const Window& window, bool counts_padding,
                bool rounds_up, int channel_axis);

  /// x·kernel + bias over the last axis, kernel [in, out], both known: a Dense.
  Value dense(const Value& x, const Value& kernel, const Value* bias);
  /// a·b over the last two axes, numpy's rules for the others; known b of rank 2: dense().
  Value matmul(const Value& a, const Value& b, bool transpose_a = false, bool transpose_b = false);

  Value binary(Binary how, const Value& a, const Value& b);
  /// One of Keras's activations by name, with Keras's settings of it: activation(x, "relu"),
  /// activation(x, "leaky_relu", {{"negative_slope", 0.1}}).
  Value activation(const Value& x, std::string_view name, const Config& settings = {});
  /// A layer by its class and config in Keras's words, which works number by number.
  Value elementwise(const Value& x, std::string_view class_name, const Config& config = {});
  Value clip(const Value& x, double lowest, double highest);
  Value prelu(const Value& x, const Value& slope);
  Value softmax(const Value& x, int64_t axis);
  Value log_softmax(const Value& x, int64_t axis);

  /// γ(x − mean)/√(variance + ε) + β; each known, of one number a channel; γ, β null: 1, 0.
  Value batch_normalization(const Value& x, const Value* gamma, const Value* beta,
                            const Value& mean, const Value& variance, double epsilon, int64_t axis);
  /// Over the axes from `axis` to the last.
  Value layer_normalization(const Value& x, const Value* gamma, const Value* beta, double epsilon,
                            int64_t axis);
  /// Of `groups` groups of the channels at axis 1; instance normalization: one group a channel.
  Value group_normalization(const Value& x, const Value* gamma, const Value* beta, int64_t groups,
                            double epsilon, int64_t axis);

  /// No `axes`: all of them, which no value with a batch allows.
  Value reduce(Reduction how, const Value& x, std::vector<int64_t> axes, bool keeps_axes);

  /// Sizes as numpy's: one may be −1.
  Value reshape(const Value& x, std::vector<int64_t> sizes);
  Value transpose(const Value& x, std::vector<int64_t> order);
  Value squeeze(const Value& x, const std::vector<int64_t>& axes);
  Value unsqueeze(const Value& x, const std::vector<int64_t>& axes);
  /// What is computed is repeated where it is needed: see Value::repeated.
  Value broadcast_to(const Value& x, std::vector<int64_t> sizes);
  /// The value with what is still to be repeated repeated, by layers.
  Value repeat(const Value& x);
  Value concatenate(std::span<const Value> parts, int64_t axis);
  std::vector<Value> split(const Value& x, std::span<const int64_t> sizes, int64_t axis);
  /// x[…, begin:end:step, …] with Python's meaning of negative and too large numbers.
  Value slice(const Value& x, int64_t axis, int64_t begin, int64_t end, int64_t step);
  /// Known indices, of any rank.
  Value gather(const Value& x, const Array& indices, int64_t axis);
  /// `mode`: "constant", "reflect", "symmetric" or "edge". Negative sizes crop.
  Value pad(const Value& x, std::vector<int64_t> before, std::vector<int64_t> after,
            std::string_view mode, double value);
  /// To `size`, as Keras's Resizing and tf.image.resize: "bilinear", "nearest", half pixels.
  Value resize(const Value& x, Size2 size, std::string_view interpolation, int channel_axis);

  /// A computed value as the foreign graph has it, each of its axes one of the symbol's; a map of
  /// features stays channels last.
  Symbol output(const Value& x);

  /// What the importer was told and the user should know; a line each.
  const std::vector<std::string>& notes() const { return notes_; }
  void note(std::string line) { notes_.push_back(std::move(line)); }

 private:
  friend class Importer;

  /// Weights by the layer's names of them, in Keras's layout.
  using Weights = std::vector<std::pair<std::string_view, Tensor>>;

  /// Known numbers made of `like`, whose name they keep.
  Value folded(Array array, const std::optional<Constant>& like);

  /// All that a layer with weights is made of.
  struct Made {
    std::string class_name;
    Config config;
    Symbol input;
    Weights weights;
    std::string name;
    bool can_train = true;
    std::optional<Layer> layer = {};  ///< keeps the identity its own
  };
  Symbol make(const Made& made);

  /// Calls a layer that is made for this node; `parts` are the values that its weights are of: the
  /// layer is named after the first that has a name.
  Symbol call(std::string_view class_name, const Config& config, const std::vector<Symbol>& xs);
  Symbol call(std::string_view class_name, const Config& config, const Symbol& x,
              const Weights& weights, std::initializer_list<const Value*> parts);
  std::string fresh_name(std::string_view wanted);

  int64_t part_size(const Value& value, int part) const;
  /// x with its symbol's axes put together as `groups` say, in that order; the first is the batch.
  Symbol arranged(const Value& x, const std::vector<AxisParts>& groups);
  /// The symbol of x as an image: its axes of rank 4 (3: one row) with the channels last.
  Symbol image(const Value& x, int channel_axis);
  /// An image as the value of rank 4 (or 3) that it was made from.
  static Value from_image(const Symbol& symbol, int rank, int channel_axis);
  /// The same value with one of its axes as one axis of the symbol, the last where `is_last`.
  Value isolated(const Value& x, int axis, bool is_last);
  /// The same value with one more axis of size 1 in the symbol, for an axis that has none; the last
  /// where `is_last`, as channels are, else where the foreign order has it.
  Value with_part(const Value& x, int axis, bool is_last = false);
  Value split_part(const Value& x, int part, int64_t first);
  /// `x` laid as `like` is, for calls of both; sizes along `but` may differ, others are equal or 1.
  Symbol laid_like(const Value& x, const Value& like, int but);
  /// Gives `count` axes from `at` on the sizes `to`, whose product is theirs; returns the axis
  /// after.
  size_t reshape_run(Value& value, size_t at, size_t count, std::span<const int64_t> to);
  /// Takes an axis of this size from the front of axis `at`, and puts it before.
  void take_from_run(Value& value, size_t at, int64_t size);

  /// Zeros put around the image where they are no "same", which the window then no longer has.
  Symbol padded_image(const Symbol& image, Window& window, Size2 size, std::string& padding);
  /// What stands around it is less than all of it.
  Symbol padded_for_maximum(const Symbol& image, const Window& window);
  /// Each place times the numbers of its row and its column.
  Symbol weighted(const Symbol& image, std::span<const float> rows, std::span<const float> columns);
  /// Two stacks of matrices.
  Value product(const Value& left, const Value& right);
  Value product_of_shared(const Value& left, const Value& right);
  static bool is_rectified(const Symbol& symbol);

  Value with_numbers(Binary how, const Value& x, const Constant& numbers, bool numbers_first);
  Value with_one_number(Binary how, const Value& x, double number, bool numbers_first);
  Value scaled(const Value& x, const Constant* scale, const Constant* offset);
  /// Adds the numbers to the layer that made x, where it lacks a bias and nobody else reads x.
  std::optional<Value> merged_offset(const Value& x, const Constant& numbers);
  Value binary_of_repeated(Binary how, const Value& a, const Value& b);
  /// Of two values of which neither has the result's shape.
  Value outer(Binary how, const Value& a, const Value& b, const Shape& shape);
  Symbol merged(Binary how, const Symbol& a, const Symbol& b);
  Symbol reduced(Reduction how, const Symbol& x, const std::set<int>& parts);
  static bool is_near_input(const Symbol& symbol);

  /// Numbers as they lie beside a symbol: repeated to all of its axes from `first` on, in one list.
  struct Placed {
    int first = 1;
    Tensor numbers;
  };
  /// nullopt where they would make x larger.
  std::optional<Placed> placed(const Value& x, const Array& numbers);

  /// Places begin, begin + step, … of an axis, which all are there.
  Value picked(const Value& x, int axis, int64_t begin, int64_t count, int64_t step);
  Value concatenate_known(std::span<const Value> parts, int axis);
  Value with_borders(const Value& x, std::span<const Array> front, std::span<const Array> back,
                     int axis);

  int64_t batch_ = 1;
  int64_t known_left_ = int64_t{1} << 24;
  const Node* node_ = nullptr;
  std::set<std::string, std::less<>> names_;
  std::map<std::string, int64_t> repeated_;  ///< the last number of names that came again
  /// How the layers with weights were made, by identity, so that one can be made again with a bias.
  std::map<const void*, Made> made_;
  std::vector<std::string> notes_;
};

}  // namespace thaw::foreign
