#include <algorithm>
#include <cstring>
#include <utility>

#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

/// Where each row (the last axis) of the result comes from, and what is taken of it.
struct Plan {
  std::vector<int64_t> row;   ///< offset in the sample, −1: filled
  std::vector<int64_t> part;  ///< offsets in the row, −1: filled
  int64_t before = 1;         ///< numbers a sample has
  float fill = 0.0F;
  bool part_is_run = false;  ///< the offsets follow on one another
};

Plan make_plan(const ops::Pick& op, const Shape& x) {
  Plan plan{.row = {0}, .part = op.indices.back(), .before = x.elements(), .fill = op.fill};
  int64_t stride = x.elements();
  for (int axis = 0; axis + 1 < x.rank(); ++axis) {
    stride /= x[axis];
    std::vector<int64_t> next;
    for (const int64_t start : plan.row) {
      for (const int64_t index : op.indices[static_cast<size_t>(axis)])
        next.push_back(start < 0 || index < 0 ? -1 : start + index * stride);
    }
    plan.row = std::move(next);
  }
  plan.part_is_run = plan.part[0] >= 0;
  for (size_t i = 1; i < plan.part.size(); ++i)
    plan.part_is_run = plan.part_is_run && plan.part[i] == plan.part[0] + static_cast<int64_t>(i);
  return plan;
}

void pick_row(const Plan& plan, const float* x, float* y) {
  const size_t count = plan.part.size();
  if (plan.part_is_run) {
    std::memcpy(y, x + plan.part[0], count * sizeof(float));
    return;
  }
  for (size_t i = 0; i < count; ++i) y[i] = plan.part[i] < 0 ? plan.fill : x[plan.part[i]];
}

class PickKernel final : public Kernel {
 public:
  PickKernel(const ops::Pick& op, NodeRef node) : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    plan_ = std::make_shared<Plan>(make_plan(op_, emit.shape(node_.input(0))));
    const BufferId source = emit.value(node_.input(0), emit.plain_desc(node_.input(0)));
    const BufferId result = emit.new_value(node_.value, emit.plain_desc(node_.value));
    emit.program.add(Section::forward, "Pick " + node_.node.name, {source, result},
                     [plan = plan_, samples = emit.batch()](const std::vector<float*>& data) {
                       const auto rows = static_cast<int64_t>(plan->row.size());
                       const auto width = static_cast<int64_t>(plan->part.size());
#pragma omp parallel for schedule(static)
                       for (int64_t i = 0; i < samples * rows; ++i) {
                         const int64_t from = plan->row[static_cast<size_t>(i % rows)];
                         float* y = data[1] + i * width;
                         if (from < 0) {
                           std::fill_n(y, width, plan->fill);
                         } else {
                           pick_row(*plan, data[0] + i / rows * plan->before + from, y);
                         }
                       }
                     });
  }

  void backward(Emitter& emit) override {
    const BufferId above = emit.gradient(node_.value, emit.plain_desc(node_.value));
    const BufferId gradient = emit.program.temporary(emit.plain_desc(node_.input(0)));
    emit.program.add(Section::backward, "Pick gradient " + node_.node.name, {above, gradient},
                     [plan = plan_, samples = emit.batch()](const std::vector<float*>& data) {
#pragma omp parallel for schedule(static)
                       for (int64_t sample = 0; sample < samples; ++sample) {
                         const auto width = static_cast<int64_t>(plan->part.size());
                         const auto rows = static_cast<int64_t>(plan->row.size());
                         float* x = data[1] + sample * plan->before;
                         const float* g = data[0] + sample * rows * width;
                         std::fill_n(x, plan->before, 0.0F);
                         for (int64_t row = 0; row < rows; ++row) {
                           const int64_t to = plan->row[static_cast<size_t>(row)];
                           for (int64_t i = 0; to >= 0 && i < width; ++i) {
                             const int64_t at = plan->part[static_cast<size_t>(i)];
                             if (at >= 0) x[to + at] += g[row * width + i];
                           }
                         }
                       }
                     });
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  ops::Pick op_;
  NodeRef node_;
  std::shared_ptr<const Plan> plan_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::Pick& op, NodeRef node) {
  return std::make_unique<PickKernel>(op, node);
}

}  // namespace thaw::cpu
