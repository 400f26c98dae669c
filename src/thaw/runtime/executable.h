#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "thaw/core/tensor.h"
#include "thaw/core/variable.h"
#include "thaw/ops/graph.h"

namespace thaw {

struct ExecutableOptions {
  int64_t batch_size = 1;
  /// Whether backward() will be called. Then what it needs is kept from forward().
  bool training = false;
  /// Whether backward() also makes the gradients of the graph's inputs.
  bool input_gradients = false;
  /// Of dropout's random numbers.
  uint64_t seed = 0;
  /// The network that the graph is a part of, looked at while it is compiled: the same kernels are
  /// chosen for all parts of one network, so that they give the bits of the whole.
  const ops::Graph* network = nullptr;
};

/// A graph made ready to run on a device for one batch size. It reads its variables in place and
/// owns every buffer. Not for use by two threads at once.
class Executable {
 public:
  virtual ~Executable() = default;

  /// Runs the graph. `inputs` are batches [batch_size, …] in the order of the graph's inputs. The
  /// results, in the order of its outputs, stay valid until the next call. Layers in training mode
  /// update their moving statistics.
  virtual std::span<const Tensor> forward(std::span<const Tensor> inputs) = 0;
  /// Gradients of a loss whose gradient with respect to each output is given; after forward() on
  /// the same inputs.
  virtual void backward(std::span<const Tensor> output_gradients) = 0;

  /// The trainable variables, each once, in the order of the graph.
  virtual std::span<const VariablePtr> variables() const = 0;
  /// As the last backward() left them, one a variable.
  virtual std::span<Tensor> gradients() = 0;
  virtual std::span<const Tensor> input_gradients() const = 0;

  /// Must be called after trainable variables were changed: they are packed anew.
  virtual void variables_changed() = 0;
  /// The step number that dropout draws its numbers for.
  virtual void set_step(uint64_t step) = 0;
  /// Memory of the buffers between operations, packed weights apart.
  virtual int64_t buffer_bytes() const = 0;
  /// What any placing of these buffers needs: the most that is in use at once.
  virtual int64_t least_buffer_bytes() const = 0;
};

}  // namespace thaw
