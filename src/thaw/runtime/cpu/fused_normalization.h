#pragma once

#include "thaw/runtime/cpu/kernel.h"
#include "thaw/runtime/cpu/numerics/normalize.h"

namespace thaw::cpu {

/// Batch normalization in training, by hand, together with the rectifier that alone reads its
/// result and the average over the image that alone reads that: one pass over memory forward and
/// one or two backward, where oneDNN's primitives take eight and keep what is between them.
class FusedNormalization {
 public:
  FusedNormalization(const ops::BatchNormalization& op, NodeRef node) : op_(op), node_(node) {}

  /// False, with nothing emitted, outside training and where the layout is not ours.
  bool forward(Emitter& emit);
  bool runs() const { return rows_.has_value(); }
  void backward(Emitter& emit);

 private:
  bool by_batch() const { return op_.phase == ops::Phase::training; }
  ops::Value gamma() const { return op_.has_scale ? node_.input(1) : ops::Value{}; }
  ops::Value beta() const {
    return op_.has_center ? node_.input(op_.has_scale ? 2 : 1) : ops::Value{};
  }
  BufferId parameter(Emitter& emit, ops::Value value, float otherwise) const;
  BufferId vector(Emitter& emit) const;
  void take_rectifier(Emitter& emit);
  void take_average(Emitter& emit);
  void emit_result(Emitter& emit);
  ResultGradient result_gradient(const float* data) const { return {data, averages_}; }
  BufferId gradient_above(Emitter& emit) const;
  void emit_scale(Emitter& emit);
  void emit_parameter_gradients(Emitter& emit, BufferId sum, BufferId sum_with_x);
  void emit_source_gradient(Emitter& emit, BufferId above, BufferId sum, BufferId sum_with_x,
                            BufferId gradient);
  ClampedAffine map(const float* mean, const float* scale, const float* offset) const {
    return {mean, scale, offset, low_, high_};
  }

  ops::BatchNormalization op_;
  NodeRef node_;
  std::optional<ChannelRows> rows_;
  float low_ = 0;
  float high_ = 0;
  bool averages_ = false;  ///< the average over the image is taken over as well
  ops::Value result_;      ///< of the last node that is taken over
  BufferId source_, mean_, variance_, scale_, offset_;
};

/// moving ← momentum·moving + (1 − momentum)·batch, for mean and variance.
void add_moving_statistics(Emitter& emit, const ops::BatchNormalization& op, NodeRef node,
                           BufferId moving_mean, BufferId mean, BufferId moving_variance,
                           BufferId variance);

}  // namespace thaw::cpu
