#include "thaw/runtime/cpu/numerics/augment.h"

#include <algorithm>

#include "thaw/runtime/cpu/numerics/distributions.h"
#include "thaw/runtime/cpu/numerics/drawn_view.h"
#include "thaw/runtime/cpu/numerics/recolour.h"

namespace thaw::cpu {
namespace {

size_t member_count(const ops::RandomAugment& op) {
  return op.views.size() + op.colors.size() + op.changes.size();
}

/// Calls visit() with the view, color or change of that number.
template <typename Visit>
void visit_member(const ops::RandomAugment& op, size_t member, Visit&& visit) {
  if (member < op.views.size()) return visit(op.views[member]);
  member -= op.views.size();
  if (member < op.colors.size()) return visit(op.colors[member]);
  visit(op.changes[member - op.colors.size()]);
}

DrawnNumbers draw_numbers(const ops::RandomAffine& view, const ImageSize& size, Streams& streams) {
  const Affine map = draw_map(view, size, streams.image);
  return {map.a[0], map.a[1], map.a[2], map.b[0], map.b[1], map.b[2]};
}

DrawnNumbers draw_numbers(const ops::RandomColor& color, const ImageSize&, Streams& streams) {
  DrawnNumbers numbers{};
  draw_recolouring(color, streams.image, numbers.data());
  return numbers;
}

DrawnNumbers draw_numbers(const ops::RandomChange& change, const ImageSize& size,
                          Streams& streams) {
  return draw(change, size, streams);
}

/// The member's numbers for each image of the batch.
DrawnStep draw_step(const ops::RandomAugment& op, size_t member, const ImageSize& size,
                    std::vector<Streams>& streams) {
  DrawnStep step{.member = member, .numbers = {}};
  visit_member(op, member, [&](const auto& change) {
    for (Streams& of_image : streams) step.numbers.push_back(draw_numbers(change, size, of_image));
  });
  return step;
}

void change(const ops::RandomAffine& view, const ImageBatch& batch, const float* x, float* y) {
  const AffineSampling how = sampling_of(view, batch.size);
  const int64_t elements = batch.size.elements();
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < batch.count; ++i) {
    const DrawnNumbers& n = batch.numbers[static_cast<size_t>(i)];
    const Affine map{{n[0], n[1], n[2]}, {n[3], n[4], n[5]}};
    sample(how, map, x + i * elements, y + i * elements);
  }
}

void change(const ops::RandomColor& color, const ImageBatch& batch, const float* x, float* y) {
  const int64_t elements = batch.size.elements();
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < batch.count; ++i) {
    std::vector<float> numbers(static_cast<size_t>(recolouring_numbers(batch.size)));
    std::copy_n(batch.numbers[static_cast<size_t>(i)].begin(), 2, numbers.begin());
    recolour(color, batch.size, numbers.data(), x + i * elements, y + i * elements);
  }
}

/// The images after the chain's steps.
std::vector<float> changed(const ops::RandomAugment& op, const Batch& batch,
                           const std::vector<DrawnStep>& chain, std::vector<float> images) {
  std::vector<float> next(images.size());
  // None of the changes that are chosen from draws numbers for single pixels.
  const std::vector<Random> noise(static_cast<size_t>(batch.count), Random(0));
  for (const DrawnStep& step : chain) {
    visit_member(op, step.member, [&](const auto& how) {
      change(how, ImageBatch{batch.count, batch.size, step.numbers, noise}, images.data(),
             next.data());
    });
    std::swap(images, next);
  }
  return images;
}

}  // namespace

DrawnAugmentation draw_augmentation(const ops::RandomAugment& op, const Batch& batch, uint64_t seed,
                                    uint64_t stream) {
  std::vector<Streams> streams;
  for (int64_t i = 0; i < batch.count; ++i) streams.push_back(streams_of(seed, stream, i));
  Random random = streams_of(seed, stream, 0).batch;
  DrawnAugmentation drawn;
  const size_t members = member_count(op);
  if (op.chains == 0) {
    std::vector<DrawnStep> all;
    for (size_t member = 0; member < members; ++member)
      all.push_back(draw_step(op, member, batch.size, streams));
    std::vector<DrawnStep>& chain = drawn.chains.emplace_back();
    for (int64_t step = 0; step < op.steps; ++step)
      chain.push_back(all[random.below(static_cast<uint32_t>(members))]);
    return drawn;
  }
  drawn.weights = dirichlet_numbers(random, op.chains, op.alpha);
  drawn.own_weight = beta_number(random, op.alpha);
  for (int64_t number = 0; number < op.chains; ++number) {
    std::vector<DrawnStep>& chain = drawn.chains.emplace_back();
    for (int64_t step = 0; step < op.steps; ++step) {
      const size_t member = random.below(static_cast<uint32_t>(members + 1));
      if (member < members) chain.push_back(draw_step(op, member, batch.size, streams));
    }
  }
  return drawn;
}

void augment(const ops::RandomAugment& op, const Batch& batch, const DrawnAugmentation& drawn,
             const float* x, float* y) {
  const int64_t elements = batch.count * batch.size.elements();
  const std::vector<float> images(x, x + elements);
  if (op.chains == 0) {
    std::ranges::copy(changed(op, batch, drawn.chains[0], images), y);
    return;
  }
  std::vector<float> mix(images.size());
  for (size_t chain = 0; chain < drawn.chains.size(); ++chain) {
    const std::vector<float> copy = changed(op, batch, drawn.chains[chain], images);
    for (size_t e = 0; e < mix.size(); ++e) mix[e] += copy[e] * drawn.weights[chain];
  }
  for (size_t e = 0; e < mix.size(); ++e) {
    const float value = drawn.own_weight * images[e] + (1 - drawn.own_weight) * mix[e];
    y[e] = std::clamp(value, op.limits.low, op.limits.high);
  }
}

}  // namespace thaw::cpu
