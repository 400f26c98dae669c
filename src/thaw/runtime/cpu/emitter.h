#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "thaw/ops/graph.h"
#include "thaw/runtime/cpu/program.h"
#include "thaw/runtime/executable.h"
#include "thaw/runtime/precision.h"

namespace thaw::cpu {

/// The layout in which this processor runs a network fastest.
ImageLayout best_image_layout(const ops::Graph& network, Precision precision);

/// What the kernels write their steps with: where each value of the graph lies, in which layouts,
/// and what gradients have reached it.
class Emitter {
 public:
  Emitter(const ops::Graph& graph, const ExecutableOptions& options, Program& program,
          Precision precision);

  Program& program;
  const ops::Graph& graph;
  const ExecutableOptions& options;
  const Precision precision;
  /// Set by the executable before each run; read by dropout.
  std::shared_ptr<uint64_t> step_handle() const { return step_; }

  int64_t batch() const { return options.batch_size; }
  const Shape& shape(ops::Value value) const { return graph[value].shape; }
  Desc plain_desc(ops::Value value) const { return plain(shape(value), batch()); }
  /// What convolutions are asked for: one layout for the whole graph, so that none is changed in
  /// between.
  ImageLayout image_layout() const { return image_layout_; }

  /// The value as its node left it, whatever the layout.
  BufferId value(ops::Value value) const;
  /// The value in the layout `wanted`: reordered if need be, once for all who ask.
  BufferId value(ops::Value value, const Desc& wanted);
  /// The same, asked for by a backward step: a reorder then runs in the backward section.
  BufferId value_for_backward(ops::Value value, const Desc& wanted);
  void set_value(ops::Value value, BufferId buffer);
  /// A new buffer that becomes the value.
  BufferId new_value(ops::Value value, const Desc& desc);
  /// Whether `reader`, the node that is being emitted, may write its result over the value: it
  /// reads it as one input only, and nobody reads that memory later, under another name either.
  bool is_last_use(ops::Value value, ops::Value reader) const;

  /// The one node that reads the value, which then need not be in memory; none where several do or
  /// it is a result.
  ops::Value only_reader(ops::Value value) const;
  /// Whether an earlier node's step has made this value too, or made it needless.
  bool is_done(ops::Value value) const {
    const auto at = static_cast<size_t>(value.index);
    return !values_[at].empty() || maker_[at].index >= 0;
  }

  /// Says that the step of `node` does the work of `reader` too, which alone reads its value: the
  /// gradient that reaches `reader` is then handed to `node`.
  void take_over(ops::Value reader, ops::Value node) {
    maker_[static_cast<size_t>(reader.index)] = node;
  }
  /// Whether the value was made by an earlier node, which has now got the value's gradient.
  bool pass_gradient_to_maker(ops::Value value);

  /// A weight or constant seen as `plain_view`, in the layout `wanted`. Packed once, or after each
  /// change if it trains.
  BufferId parameter(ops::Value value, const Desc& plain_view, const Desc& wanted);
  BufferId parameter(ops::Value value, const Desc& plain_view) {
    return parameter(value, plain_view, plain_view);
  }

  /// A weight that a step of the forward section writes to, trainable or not: whoever asks for it
  /// later in another layout gets it reordered after that step.
  BufferId changing_parameter(ops::Value value, const Desc& plain_view);

  /// Whether a gradient must reach this value.
  bool needs_gradient(ops::Value value) const {
    return needs_gradient_[static_cast<size_t>(value.index)];
  }
  /// The sum of the gradients that reached the value, in layout `wanted`.
  BufferId gradient(ops::Value value, const Desc& wanted);
  /// As it came, for kernels to which the layout is the same.
  BufferId gradient(ops::Value value);
  bool has_gradient(ops::Value value) const {
    return !gradients_[static_cast<size_t>(value.index)].empty();
  }
  /// Adds `buffer` to the gradient of `value`. The buffer must not be written to afterwards.
  void add_gradient(ops::Value value, BufferId buffer) {
    gradients_[static_cast<size_t>(value.index)].push_back(buffer);
  }
  /// Adds to the gradient of a trainable weight, seen as `plain_view`.
  void add_parameter_gradient(ops::Value value, BufferId buffer, const Desc& plain_view);

  /// Adds `step`, which makes the gradient of `kernel` (as `layout`, seen plain as `plain_view`)
  /// and, where `bias` is one that trains, of that too. `arguments` are the step's other ones.
  void add_weights_step(const std::string& name, const dnnl::primitive& step,
                        Program::Arguments arguments, ops::Value kernel, const Desc& layout,
                        const Desc& plain_view, ops::Value bias);

  struct ParameterGradient {
    VariablePtr variable;
    Tensor gradient;
    int readers = 0;
    bool written = false;
  };
  std::vector<ParameterGradient>& parameter_gradients() { return parameter_gradients_; }

 private:
  BufferId value_in(Section section, ops::Value value, const Desc& wanted);
  BufferId in_layout(Section section, BufferId buffer, const Desc& wanted);

  ImageLayout image_layout_;
  std::shared_ptr<uint64_t> step_ = std::make_shared<uint64_t>(0);
  std::vector<std::vector<BufferId>> values_;  ///< each value in all layouts it is known in
  std::vector<std::vector<BufferId>> gradients_;
  std::vector<bool> needs_gradient_;
  std::set<const Variable*> changing_;
  std::vector<int> last_reader_;
  std::vector<ops::Value> maker_;
  std::vector<int> use_counts_;
  std::vector<ParameterGradient> parameter_gradients_;
};

}  // namespace thaw::cpu
