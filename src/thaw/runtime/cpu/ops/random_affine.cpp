#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "thaw/core/random.h"
#include "thaw/runtime/cpu/kernel.h"
#include "thaw/runtime/cpu/numerics/affine.h"

namespace thaw::cpu {
namespace {

float draw(Random& random, const ops::Range& range) {
  return random.uniform(range.low, range.high);
}

/// One sample's map. As many numbers are drawn for every operation, in one order.
Affine draw_map(const ops::RandomAffine& op, const Shape& image, Random& random) {
  const auto rows = static_cast<float>(image[0]);
  const auto columns = static_cast<float>(image[1]);
  const float center_x = (columns - 1) / 2;
  const float center_y = (rows - 1) / 2;
  const bool flips = random.uniform() <= 0.5F;
  const float angle = draw(random, op.turn) * 2 * std::numbers::pi_v<float>;
  const float zoom_y = draw(random, op.zoom_rows);
  const float other_zoom = draw(random, op.zoom_columns);
  const float zoom_x = op.zooms_alike ? zoom_y : other_zoom;
  const float shift_y = draw(random, op.shift_rows) * rows;
  const float shift_x = draw(random, op.shift_columns) * columns;

  const bool from_right = flips && op.flips_columns;
  const bool from_below = flips && op.flips_rows;
  const Affine flip{{from_right ? -1.0F : 1.0F, 0, from_right ? columns - 1 : 0},
                    {0, from_below ? -1.0F : 1.0F, from_below ? rows - 1 : 0}};
  const float cosine = std::cos(angle);
  const float sine = std::sin(angle);
  const Affine turn{{cosine, -sine, center_x - center_x * cosine + center_y * sine},
                    {sine, cosine, center_y - center_x * sine - center_y * cosine}};
  const Affine zoom{{zoom_x, 0, center_x * (1 - zoom_x)}, {0, zoom_y, center_y * (1 - zoom_y)}};
  const Affine shift{{1, 0, -shift_x}, {0, 1, -shift_y}};
  return flip.after(turn).after(zoom).after(shift);
}

/// What is drawn is a function of (seed, step, layer, sample), as dropout's is.
class RandomAffineKernel final : public Kernel {
 public:
  RandomAffineKernel(const ops::RandomAffine& op, NodeRef node)
      : op_(op),
        node_(node),
        how_{.rows = node.node.shape[0],
             .columns = node.node.shape[1],
             .channels = node.node.shape[2],
             .interpolation = op.interpolation,
             .fill = op.fill,
             .fill_value = op.fill_value} {}

  void forward(Emitter& emit) override {
    const Desc layout = emit.plain_desc(node_.value);
    const BufferId source = emit.value(node_.input(0), layout);
    maps_ = emit.program.temporary(plain_vector(emit.batch() * floats));
    const BufferId result = emit.new_value(node_.value, layout);
    emit.program.add(Section::forward, "RandomAffine " + node_.node.name, {source, maps_, result},
                     [op = op_, how = how_, shape = node_.node.shape, seed = emit.options.seed,
                      step = emit.step_handle(), layer = static_cast<uint64_t>(node_.value.index),
                      images = emit.batch()](const std::vector<float*>& data) {
                       Random random(seed, random_stream(*step, layer));
                       for (int64_t i = 0; i < images; ++i) {
                         const Affine map = draw_map(op, shape, random);
                         std::copy_n(map.a, 3, data[1] + i * floats);
                         std::copy_n(map.b, 3, data[1] + i * floats + 3);
                       }
                       const int64_t size = shape.elements();
#pragma omp parallel for schedule(static)
                       for (int64_t i = 0; i < images; ++i)
                         sample(how, map_at(data[1], i), data[0] + i * size, data[2] + i * size);
                     });
  }

  void backward(Emitter& emit) override {
    const Desc layout = emit.plain_desc(node_.value);
    const BufferId above = emit.gradient(node_.value, layout);
    const BufferId gradient = emit.program.temporary(layout);
    emit.program.add(
        Section::backward, "RandomAffine gradient " + node_.node.name, {above, maps_, gradient},
        [how = how_, size = node_.node.shape.elements(),
         images = emit.batch()](const std::vector<float*>& data) {
          std::memset(data[2], 0, static_cast<size_t>(images * size) * sizeof(float));
#pragma omp parallel for schedule(static)
          for (int64_t i = 0; i < images; ++i)
            sample_backward(how, map_at(data[1], i), data[0] + i * size, data[2] + i * size);
        });
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  static constexpr int64_t floats = 6;  ///< of a map
  static Affine map_at(const float* maps, int64_t sample) {
    const float* m = maps + sample * floats;
    return {{m[0], m[1], m[2]}, {m[3], m[4], m[5]}};
  }

  ops::RandomAffine op_;
  NodeRef node_;
  AffineSampling how_;
  BufferId maps_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::RandomAffine& op, NodeRef node) {
  return std::make_unique<RandomAffineKernel>(op, node);
}

}  // namespace thaw::cpu
