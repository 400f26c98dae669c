#include <algorithm>
#include <limits>

#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

using Kind = ops::Reduce::Kind;

/// Into which number of the result each number of a sample goes.
struct Plan {
  Kind kind;
  std::vector<int64_t> target;
  int64_t results = 1;
};

Plan make_plan(const ops::Reduce& op, const Shape& x, const Shape& y) {
  Plan plan{.kind = op.kind, .target = {0}, .results = y.elements()};
  int64_t stride = y.elements();
  for (int axis = 0; axis < x.rank(); ++axis) {
    stride /= y[axis];
    std::vector<int64_t> next;
    next.reserve(plan.target.size() * static_cast<size_t>(x[axis]));
    for (const int64_t start : plan.target)
      for (int64_t i = 0; i < x[axis]; ++i) next.push_back(start + (y[axis] == 1 ? 0 : i * stride));
    plan.target = std::move(next);
  }
  return plan;
}

/// Sums in double precision: tens of thousands of pixels are no rarity.
void sum(const Plan& plan, const float* x, float* y) {
  std::vector<double> total(static_cast<size_t>(plan.results), 0.0);
  for (size_t i = 0; i < plan.target.size(); ++i)
    total[static_cast<size_t>(plan.target[i])] += double{x[i]};
  const double count = static_cast<double>(plan.target.size()) / static_cast<double>(plan.results);
  for (size_t i = 0; i < total.size(); ++i)
    y[i] = static_cast<float>(plan.kind == Kind::mean ? total[i] / count : total[i]);
}

void extremes(const Plan& plan, const float* x, float* y) {
  constexpr float beyond = std::numeric_limits<float>::infinity();
  const bool largest = plan.kind == Kind::maximum;
  std::fill_n(y, plan.results, largest ? -beyond : beyond);
  for (size_t i = 0; i < plan.target.size(); ++i) {
    float& best = y[plan.target[i]];
    // Written so that what is not a number stays to be seen.
    const bool is_worse = largest ? x[i] <= best : x[i] >= best;
    if (!is_worse) best = x[i];
  }
}

void spread_sum(const Plan& plan, const float* g, float* gradient) {
  const float share = plan.kind == Kind::mean ? static_cast<float>(plan.results) /
                                                    static_cast<float>(plan.target.size())
                                              : 1.0F;
  for (size_t i = 0; i < plan.target.size(); ++i) gradient[i] = g[plan.target[i]] * share;
}

void spread_extremes(const Plan& plan, const float* x, const float* y, const float* g,
                     float* gradient) {
  std::vector<float> equal(static_cast<size_t>(plan.results), 0.0F);
  for (size_t i = 0; i < plan.target.size(); ++i)
    if (x[i] == y[plan.target[i]]) equal[static_cast<size_t>(plan.target[i])] += 1.0F;
  for (size_t i = 0; i < plan.target.size(); ++i) {
    const int64_t to = plan.target[i];
    gradient[i] = x[i] == y[to] ? g[to] / equal[static_cast<size_t>(to)] : 0.0F;
  }
}

class ReduceKernel final : public Kernel {
 public:
  ReduceKernel(const ops::Reduce& op, NodeRef node)
      : op_(op), node_(node), sums_(op.kind == Kind::mean || op.kind == Kind::sum) {}

  void forward(Emitter& emit) override {
    plan_ = std::make_shared<Plan>(make_plan(op_, emit.shape(node_.input(0)), node_.node.shape));
    source_ = emit.value(node_.input(0), emit.plain_desc(node_.input(0)));
    result_ = emit.new_value(node_.value, emit.plain_desc(node_.value));
    emit.program.add(
        Section::forward, "Reduce " + node_.node.name, {source_, result_},
        [plan = plan_, sums = sums_, samples = emit.batch()](const std::vector<float*>& data) {
          const auto before = static_cast<int64_t>(plan->target.size());
#pragma omp parallel for schedule(static)
          for (int64_t i = 0; i < samples; ++i) {
            (sums ? sum : extremes)(*plan, data[0] + i * before, data[1] + i * plan->results);
          }
        });
  }

  void backward(Emitter& emit) override {
    const BufferId above = emit.gradient(node_.value, emit.plain_desc(node_.value));
    const BufferId gradient = emit.program.temporary(emit.plain_desc(node_.input(0)));
    std::vector<BufferId> buffers = {above, gradient};
    if (!sums_) buffers.insert(buffers.end(), {source_, result_});
    emit.program.add(
        Section::backward, "Reduce gradient " + node_.node.name, buffers,
        [plan = plan_, sums = sums_, samples = emit.batch()](const std::vector<float*>& data) {
          const auto before = static_cast<int64_t>(plan->target.size());
#pragma omp parallel for schedule(static)
          for (int64_t i = 0; i < samples; ++i) {
            const float* g = data[0] + i * plan->results;
            if (sums) {
              spread_sum(*plan, g, data[1] + i * before);
            } else {
              spread_extremes(*plan, data[2] + i * before, data[3] + i * plan->results, g,
                              data[1] + i * before);
            }
          }
        });
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  ops::Reduce op_;
  NodeRef node_;
  bool sums_;
  BufferId source_, result_;
  std::shared_ptr<const Plan> plan_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::Reduce& op, NodeRef node) {
  return std::make_unique<ReduceKernel>(op, node);
}

}  // namespace thaw::cpu
