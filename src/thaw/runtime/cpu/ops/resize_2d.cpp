#include <cstring>

#include "thaw/runtime/cpu/kernel.h"
#include "thaw/runtime/cpu/numerics/interpolation.h"
#include "thaw/runtime/cpu/numerics/vector_code.h"

namespace thaw::cpu {
namespace {

/// The sizes of one image, and what each of its new rows and columns is made of.
struct Resizing {
  int64_t columns = 0;  ///< before
  int64_t channels = 0;
  int64_t new_rows = 0;
  int64_t new_columns = 0;
  int64_t pixels = 0;  ///< before
  InterpolationWeights rows, across;
};

/// y += x·weight.
THAW_VECTOR_CODE void add_scaled(const float* x, float weight, int64_t count, float* y) {
  for (int64_t i = 0; i < count; ++i) y[i] += x[i] * weight;
}

/// Calls visit(place before, place after, weight) for all that goes into each new pixel.
template <typename Visit>
void for_each_weight(const Resizing& resize, Visit&& visit) {
  for (int64_t i = 0; i < resize.new_rows * resize.new_columns * resize.rows.count; ++i) {
    const int64_t pixel = i / resize.rows.count;
    const int64_t row = pixel / resize.new_columns;
    const int64_t column = pixel % resize.new_columns;
    const auto down = static_cast<size_t>(row * resize.rows.count + i % resize.rows.count);
    if (resize.rows.weight[down] == 0) continue;
    for (int64_t which = 0; which < resize.across.count; ++which) {
      const auto across = static_cast<size_t>(column * resize.across.count + which);
      const float weight = resize.rows.weight[down] * resize.across.weight[across];
      const int64_t place = resize.rows.index[down] * resize.columns + resize.across.index[across];
      if (weight != 0) visit(place * resize.channels, pixel * resize.channels, weight);
    }
  }
}

class ResizeKernel final : public Kernel {
 public:
  ResizeKernel(const ops::Resize2D& op, NodeRef node) : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    resizing_ = std::make_shared<Resizing>(make_resizing(emit));
    const BufferId source = emit.value(node_.input(0), emit.plain_desc(node_.input(0)));
    const BufferId result = emit.new_value(node_.value, emit.plain_desc(node_.value));
    emit.program.add(Section::forward, "Resize2D " + node_.node.name, {source, result},
                     [resize = resizing_, images = emit.batch()](const std::vector<float*>& data) {
                       const int64_t before = resize->pixels * resize->channels;
                       const int64_t after =
                           resize->new_rows * resize->new_columns * resize->channels;
                       std::memset(data[1], 0, static_cast<size_t>(images * after) * sizeof(float));
#pragma omp parallel for schedule(static)
                       for (int64_t image = 0; image < images; ++image) {
                         const float* x = data[0] + image * before;
                         float* y = data[1] + image * after;
                         for_each_weight(*resize, [&](int64_t from, int64_t to, float weight) {
                           add_scaled(x + from, weight, resize->channels, y + to);
                         });
                       }
                     });
  }

  void backward(Emitter& emit) override {
    const BufferId above = emit.gradient(node_.value, emit.plain_desc(node_.value));
    const BufferId gradient = emit.program.temporary(emit.plain_desc(node_.input(0)));
    emit.program.add(
        Section::backward, "Resize2D gradient " + node_.node.name, {above, gradient},
        [resize = resizing_, images = emit.batch()](const std::vector<float*>& data) {
          const int64_t before = resize->pixels * resize->channels;
          const int64_t after = resize->new_rows * resize->new_columns * resize->channels;
          std::memset(data[1], 0, static_cast<size_t>(images * before) * sizeof(float));
#pragma omp parallel for schedule(static)
          for (int64_t image = 0; image < images; ++image) {
            const float* g = data[0] + image * after;
            float* x = data[1] + image * before;
            for_each_weight(*resize, [&](int64_t to, int64_t from, float weight) {
              add_scaled(g + from, weight, resize->channels, x + to);
            });
          }
        });
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  Resizing make_resizing(const Emitter& emit) const {
    const Shape& before = emit.shape(node_.input(0));
    const Padding2& cut = op_.cropping;
    const auto weights = [&](int64_t size, int64_t first, int64_t last, int64_t new_size) {
      InterpolationWeights result =
          interpolation_weights(op_.interpolation, op_.antialias, size - first - last, new_size);
      for (int64_t& index : result.index) index += first;
      return result;
    };
    return {.columns = before[1],
            .channels = before[2],
            .new_rows = op_.size.height,
            .new_columns = op_.size.width,
            .pixels = before[0] * before[1],
            .rows = weights(before[0], cut.top, cut.bottom, op_.size.height),
            .across = weights(before[1], cut.left, cut.right, op_.size.width)};
  }

  ops::Resize2D op_;
  NodeRef node_;
  std::shared_ptr<const Resizing> resizing_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::Resize2D& op, NodeRef node) {
  return std::make_unique<ResizeKernel>(op, node);
}

}  // namespace thaw::cpu
