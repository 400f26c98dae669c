#include "thaw/runtime/cpu/fused_normalization.h"

#include <cmath>
#include <limits>

namespace thaw::cpu {

BufferId FusedNormalization::vector(Emitter& emit) const {
  return emit.program.temporary(plain_vector(rows_->channels));
}

BufferId FusedNormalization::parameter(Emitter& emit, ops::Value value, float otherwise) const {
  const Desc view = plain_vector(rows_->channels);
  if (value.index >= 0) return emit.parameter(value, view);
  return emit.program.tensor(Tensor::full({rows_->channels}, otherwise), view);
}

void FusedNormalization::take_rectifier(Emitter& emit) {
  high_ = std::numeric_limits<float>::infinity();
  low_ = -high_;
  result_ = node_.value;
  const ops::Value reader = emit.only_reader(node_.value);
  const auto* activate = reader.index < 0 ? nullptr : emit.graph.get_if<ops::Activate>(reader);
  if (activate == nullptr || !activate->activation.is_simple_relu()) return;
  low_ = 0;
  high_ = activate->activation.max_value;
  result_ = reader;
  emit.take_over(reader, node_.value);
}

void FusedNormalization::take_average(Emitter& emit) {
  const ops::Value reader = emit.only_reader(result_);
  const auto* pool = reader.index < 0 ? nullptr : emit.graph.get_if<ops::GlobalPool2D>(reader);
  if (pool == nullptr || pool->kind != ops::Pool2D::Kind::average) return;
  averages_ = true;
  rows_ = rows_->by_image(emit.batch());
  result_ = reader;
  emit.take_over(reader, node_.value);
}

/// gamma/√(variance + epsilon), once a run.
void FusedNormalization::emit_scale(Emitter& emit) {
  scale_ = vector(emit);
  emit.program.add(Section::forward, "scale of " + node_.node.name,
                   {parameter(emit, gamma(), 1), variance_, scale_},
                   [count = rows_->channels, epsilon = double{op_.epsilon}](const auto& data) {
                     for (int64_t c = 0; c < count; ++c) {
                       data[2][c] = static_cast<float>(double{data[0][c]} /
                                                       std::sqrt(double{data[1][c]} + epsilon));
                     }
                   });
}

bool FusedNormalization::forward(Emitter& emit) {
  if (!emit.options.training) return false;
  source_ = emit.value(node_.input(0));
  const Desc layout = emit.program.desc(source_);
  rows_ = channel_rows(layout);
  if (!rows_) return false;
  take_rectifier(emit);
  take_average(emit);
  const size_t inputs = node_.node.inputs.size();
  const BufferId moving_mean = parameter(emit, node_.input(inputs - 2), 0);
  const BufferId moving_variance = parameter(emit, node_.input(inputs - 1), 0);
  mean_ = by_batch() ? vector(emit) : moving_mean;
  variance_ = by_batch() ? vector(emit) : moving_variance;
  if (by_batch()) {
    const BufferId partial = emit.program.temporary(plain_vector(partial_sums(*rows_)));
    emit.program.add(Section::forward, "statistics of " + node_.node.name,
                     {source_, partial, mean_, variance_}, [rows = *rows_](const auto& data) {
                       batch_statistics(rows, data[0], data[1], data[2], data[3]);
                     });
    add_moving_statistics(emit, op_, node_, moving_mean, mean_, moving_variance, variance_);
  }
  emit_scale(emit);
  offset_ = parameter(emit, beta(), 0);
  emit_result(emit);
  return true;
}

void FusedNormalization::emit_result(Emitter& emit) {
  const Desc layout = averages_ ? emit.plain_desc(result_) : emit.program.desc(source_);
  emit.program.add(Section::forward, "BatchNormalization " + node_.node.name,
                   {source_, mean_, scale_, offset_, emit.new_value(result_, layout)},
                   [this](const auto& data) {
                     const auto run = averages_ ? pooled_affine : clamped_affine;
                     run(*rows_, map(data[1], data[2], data[3]), data[0], data[4]);
                   });
}

/// Of the result; where that is an average, each pixel's share of it.
BufferId FusedNormalization::gradient_above(Emitter& emit) const {
  const Desc layout = averages_ ? emit.plain_desc(result_) : emit.program.desc(source_);
  if (!averages_) return emit.gradient(node_.value, layout);
  const BufferId share = emit.program.temporary(layout);
  emit.program.add(Section::backward, "average gradient " + node_.node.name,
                   {emit.gradient(node_.value, layout), share},
                   [count = emit.batch() * rows_->channels,
                    pixels = static_cast<float>(rows_->segment_rows)](const auto& data) {
                     for (int64_t i = 0; i < count; ++i) data[1][i] = data[0][i] / pixels;
                   });
  return share;
}

void FusedNormalization::backward(Emitter& emit) {
  const Desc layout = emit.program.desc(source_);
  const BufferId above = gradient_above(emit);
  const BufferId partial = emit.program.temporary(plain_vector(partial_sums(*rows_)));
  const BufferId sum = vector(emit);
  const BufferId sum_with_x = vector(emit);
  const bool wants_source = emit.needs_gradient(node_.input(0));
  BufferId gradient;
  if (wants_source) gradient = emit.program.temporary(layout);
  std::vector<BufferId> buffers = {source_, mean_,   scale_, offset_,
                                   above,   partial, sum,    sum_with_x};
  if (wants_source && !by_batch()) buffers.push_back(gradient);
  emit.program.add(Section::backward, "BatchNormalization gradient " + node_.node.name,
                   std::move(buffers), [this](const auto& data) {
                     gradient_sums(*rows_, map(data[1], data[2], data[3]), data[0],
                                   result_gradient(data[4]), data[5], data[6], data[7],
                                   data.size() > 8 ? data[8] : nullptr);
                   });
  emit_parameter_gradients(emit, sum, sum_with_x);
  if (!wants_source) return;
  if (by_batch()) emit_source_gradient(emit, above, sum, sum_with_x, gradient);
  emit.add_gradient(node_.input(0), gradient);
}

/// Of beta Σ g, of gamma Σ g·(x − mean)/√(variance + epsilon).
void FusedNormalization::emit_parameter_gradients(Emitter& emit, BufferId sum,
                                                  BufferId sum_with_x) {
  const Desc view = plain_vector(rows_->channels);
  if (op_.has_center && emit.needs_gradient(beta())) emit.add_parameter_gradient(beta(), sum, view);
  if (!op_.has_scale || !emit.needs_gradient(gamma())) return;
  const BufferId gamma_gradient = vector(emit);
  emit.program.add(Section::backward, "gradient of gamma of " + node_.node.name,
                   {variance_, sum_with_x, gamma_gradient},
                   [count = rows_->channels, epsilon = double{op_.epsilon}](const auto& data) {
                     for (int64_t c = 0; c < count; ++c) {
                       data[2][c] = static_cast<float>(double{data[1][c]} /
                                                       std::sqrt(double{data[0][c]} + epsilon));
                     }
                   });
  emit.add_parameter_gradient(gamma(), gamma_gradient, view);
}

/// By the batch's statistics, which the source moves as well: with n samples and v = variance +
/// epsilon, scale·(g − Σg/n − (x − mean)·Σ(g·(x − mean))/(n·v)).
void FusedNormalization::emit_source_gradient(Emitter& emit, BufferId above, BufferId sum,
                                              BufferId sum_with_x, BufferId gradient) {
  const BufferId slope = vector(emit);
  const BufferId shift = vector(emit);
  emit.program.add(Section::backward, "means of " + node_.node.name,
                   {variance_, scale_, sum, sum_with_x, slope, shift},
                   [count = rows_->channels, samples = static_cast<double>(rows_->samples()),
                    epsilon = double{op_.epsilon}](const auto& data) {
                     for (int64_t c = 0; c < count; ++c) {
                       const double share = double{data[1][c]} / samples;
                       data[4][c] = static_cast<float>(share * double{data[3][c]} /
                                                       (double{data[0][c]} + epsilon));
                       data[5][c] = static_cast<float>(share * double{data[2][c]});
                     }
                   });
  emit.program.add(Section::backward, "BatchNormalization gradient " + node_.node.name,
                   {source_, mean_, scale_, offset_, above, slope, shift, gradient},
                   [this](const auto& data) {
                     affine_gradient(*rows_, map(data[1], data[2], data[3]), data[5], data[6],
                                     data[0], result_gradient(data[4]), data[7]);
                   });
}

void add_moving_statistics(Emitter& emit, const ops::BatchNormalization& op, NodeRef node,
                           BufferId moving_mean, BufferId mean, BufferId moving_variance,
                           BufferId variance) {
  emit.program.add(
      Section::forward, "moving statistics " + node.node.name,
      {moving_mean, mean, moving_variance, variance},
      [channels = node.node.shape.last(), momentum = op.momentum](const std::vector<float*>& data) {
        for (const size_t which : {0, 2}) {
          float* average = data[which];
          const float* batch = data[which + 1];
          for (int64_t c = 0; c < channels; ++c)
            average[c] = average[c] * momentum + batch[c] * (1.0F - momentum);
        }
      });
}

}  // namespace thaw::cpu
