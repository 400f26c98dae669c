#include "thaw/runtime/cpu/winograd.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "thaw/runtime/cpu/numerics/vector_code.h"

namespace thaw::cpu {
namespace {

constexpr int64_t out = 4;  ///< an output tile's height and width
constexpr int64_t in = 6;   ///< an input tile's
constexpr int64_t products = in * in;

/// An image, its channels last or in blocks.
struct Plane {
  int64_t height = 0, width = 0, channels = 0;
  int64_t together = 0;  ///< channels that lie side by side

  int64_t size() const { return height * width * channels; }
  /// Where channel `c` of the first pixel is.
  int64_t start(int64_t c) const { return c / together * together * height * width + c % together; }
};

/// The images that go through the three steps together, and their tiles.
struct Tiles {
  Plane from, to;
  int64_t top = 0, left = 0;  ///< padding
  int64_t images = 0;

  int64_t rows() const { return (to.height + out - 1) / out; }
  int64_t columns() const { return (to.width + out - 1) / out; }
  int64_t count() const { return images * rows() * columns(); }
};

// The polynomials are taken at 0, ±a, ±b and infinity. With ±5/8 and ±3/2 in place of the usual ±1
// and ±2 the largest error is a quarter as large, and the mean error half; sums and differences are
// shared all the same, and the numbers below are exact.
constexpr double a = 0.625;
constexpr double b = 1.5;
constexpr auto a1 = static_cast<float>(a);
constexpr auto a2 = static_cast<float>(a * a);
constexpr auto a3 = static_cast<float>(a * a * a);
constexpr auto b1 = static_cast<float>(b);
constexpr auto b2 = static_cast<float>(b * b);
constexpr auto b3 = static_cast<float>(b * b * b);

/// Bᵀ·d of one column of six.
THAW_ALWAYS_INLINE void to_products(const Eight* d, int64_t step, Eight* t, int64_t t_step) {
  const Eight even_a = d[4 * step] - b2 * d[2 * step];
  const Eight odd_a = a1 * (d[3 * step] - b2 * d[step]);
  const Eight even_b = d[4 * step] - a2 * d[2 * step];
  const Eight odd_b = b1 * (d[3 * step] - a2 * d[step]);
  t[0] = a2 * b2 * d[0] - (a2 + b2) * d[2 * step] + d[4 * step];
  t[t_step] = even_a + odd_a;
  t[2 * t_step] = even_a - odd_a;
  t[3 * t_step] = even_b + odd_b;
  t[4 * t_step] = even_b - odd_b;
  t[5 * t_step] = a2 * b2 * d[step] - (a2 + b2) * d[3 * step] + d[5 * step];
}

/// Aᵀ·m of one column of six.
THAW_ALWAYS_INLINE void from_products(const Eight* m, int64_t step, Eight* y, int64_t y_step) {
  const Eight sum_a = m[step] + m[2 * step];
  const Eight difference_a = m[step] - m[2 * step];
  const Eight sum_b = m[3 * step] + m[4 * step];
  const Eight difference_b = m[3 * step] - m[4 * step];
  y[0] = m[0] + sum_a + sum_b;
  y[y_step] = a1 * difference_a + b1 * difference_b;
  y[2 * y_step] = a2 * sum_a + b2 * sum_b;
  y[3 * y_step] = a3 * difference_a + b3 * difference_b + m[5 * step];
}

/// Bᵀ·d·B of eight channels of the input tile at (row, column), which may lie partly outside, to
/// 36 places `step` apart.
THAW_VECTOR_CODE void transform_input(const Plane& plane, const float* x, int64_t row,
                                      int64_t column, float* to, int64_t step) {
  Eight d[products];
  Eight t[products];
  for (int64_t i = 0; i < in; ++i) {
    for (int64_t j = 0; j < in; ++j) {
      const int64_t r = row + i;
      const int64_t c = column + j;
      Eight& value = d[i * in + j];
      if (r < 0 || r >= plane.height || c < 0 || c >= plane.width) {
        value = Eight{};
      } else {
        load(value, x + (r * plane.width + c) * plane.together);
      }
    }
  }
  for (int64_t j = 0; j < in; ++j) to_products(d + j, in, t + j, in);
  for (int64_t i = 0; i < in; ++i) {
    Eight v[in];
    to_products(t + i * in, 1, v, 1);
    for (int64_t j = 0; j < in; ++j) store(to + (i * in + j) * step, v[j]);
  }
}

struct Finish {
  bool adds = false;  ///< to what the destination holds
  float low = 0, high = 0;
};

/// Aᵀ·m·A of eight channels from 36 places `step` apart, to the output tile at (row, column).
THAW_VECTOR_CODE void transform_output(const Plane& plane, const float* from, int64_t step,
                                       const float* bias, const Finish& finish, int64_t row,
                                       int64_t column, float* y) {
  Eight m[products];
  Eight t[out * in];
  for (int64_t i = 0; i < products; ++i) load(m[i], from + i * step);
  for (int64_t j = 0; j < in; ++j) from_products(m + j, in, t + j, in);
  Eight offset{};
  if (bias != nullptr) load(offset, bias);
  const Eight low = Eight{} + finish.low;
  const Eight high = Eight{} + finish.high;
  const int64_t rows = std::min(out, plane.height - row);
  const int64_t columns = std::min(out, plane.width - column);
  for (int64_t i = 0; i < rows; ++i) {
    Eight v[out];
    from_products(t + i * in, 1, v, 1);
    for (int64_t j = 0; j < columns; ++j) {
      float* place = y + ((row + i) * plane.width + column + j) * plane.together;
      Eight value = v[j] + offset;
      if (finish.adds) {
        Eight residual;
        load(residual, place);
        value += residual;
      }
      value = value < low ? low : value;  // in this order a NaN stays NaN
      value = value > high ? high : value;
      store(place, value);
    }
  }
}

/// To [36, tiles, channels].
void transform_images(const Tiles& tiles, const float* x, float* to) {
  const Plane& plane = tiles.from;
  const int64_t step = tiles.count() * plane.channels;
  const int64_t lines = tiles.images * tiles.rows();
#pragma omp parallel for schedule(static)
  for (int64_t line = 0; line < lines; ++line) {
    const float* image = x + line / tiles.rows() * plane.size();
    const int64_t row = line % tiles.rows() * out - tiles.top;
    float* first = to + line * tiles.columns() * plane.channels;
    for (int64_t c = 0; c < plane.channels; c += 8) {
      for (int64_t column = 0; column < tiles.columns(); ++column) {
        transform_input(plane, image + plane.start(c), row, column * out - tiles.left,
                        first + column * plane.channels + c, step);
      }
    }
  }
}

/// From [36, tiles, channels].
void transform_back(const Tiles& tiles, const float* from, const float* bias, const Finish& finish,
                    float* y) {
  const Plane& plane = tiles.to;
  const int64_t step = tiles.count() * plane.channels;
  const int64_t lines = tiles.images * tiles.rows();
#pragma omp parallel for schedule(static)
  for (int64_t line = 0; line < lines; ++line) {
    float* image = y + line / tiles.rows() * plane.size();
    const int64_t row = line % tiles.rows() * out;
    const float* first = from + line * tiles.columns() * plane.channels;
    for (int64_t c = 0; c < plane.channels; c += 8) {
      for (int64_t column = 0; column < tiles.columns(); ++column) {
        transform_output(plane, first + column * plane.channels + c, step,
                         bias == nullptr ? nullptr : bias + c, finish, row, column * out,
                         image + plane.start(c));
      }
    }
  }
}

/// G·g·Gᵀ of every pair of channels, from [3, 3, pairs] to [36, pairs].
void transform_kernels(const float* kernel, int64_t pairs, float* to) {
  constexpr double at_0 = 1 / (a * a * b * b);
  constexpr double at_a = 1 / (2 * a * a * (a * a - b * b));
  constexpr double at_b = 1 / (2 * b * b * (b * b - a * a));
  constexpr double g[in][3] = {{at_0, 0, 0},
                               {at_a, a * at_a, a * a * at_a},
                               {at_a, -a * at_a, a * a * at_a},
                               {at_b, b * at_b, b * b * at_b},
                               {at_b, -b * at_b, b * b * at_b},
                               {0, 0, 1}};
  constexpr int64_t together = 256;  // what is read for every place stays in the nearest cache
#pragma omp parallel for schedule(static)
  for (int64_t first = 0; first < pairs; first += together) {
    const int64_t end = std::min(first + together, pairs);
    for (int64_t place = 0; place < products; ++place) {
      const double* rows = g[place / in];
      const double* columns = g[place % in];
      for (int64_t pair = first; pair < end; ++pair) {
        double sum = 0;
        for (int64_t i = 0; i < 3; ++i) {
          for (int64_t j = 0; j < 3; ++j)
            sum += rows[i] * columns[j] * double{kernel[(3 * i + j) * pairs + pair]};
        }
        to[place * pairs + pair] = static_cast<float>(sum);
      }
    }
  }
}

/// Blocks where the network has them; else the channels last, which oneDNN chooses as well.
Desc layout_of(const Emitter& emit, ops::Value value) {
  if (channel_block(emit.image_layout()) == 1) return emit.plain_desc(value);
  return image_layout(emit.image_layout(), emit.shape(value), emit.batch());
}

Plane plane_of(const Emitter& emit, ops::Value value) {
  const Shape& shape = emit.shape(value);
  const int64_t block = channel_block(emit.image_layout());
  return {.height = shape[0],
          .width = shape[1],
          .channels = shape[2],
          .together = block == 1 ? shape[2] : block};
}

bool fits(const Emitter& emit, const ops::Conv2D& op, const Tiles& tiles) {
  constexpr int64_t least_tiles = 32;  // or reading the transformed kernels takes all the time
  const int64_t block = channel_block(emit.image_layout());
  return op.winograd && !emit.options.training && emit.precision == Precision::f32 &&
         tiles.from.channels % block == 0 && tiles.to.channels % block == 0 &&
         tiles.count() >= least_tiles;
}

/// So many images that what lies between the steps stays in the processor's cache.
int64_t images_together(const Tiles& tiles) {
  constexpr int64_t most_bytes = int64_t{10} << 20;
  const int64_t image_bytes = products * tiles.rows() * tiles.columns() *
                              (tiles.from.channels + tiles.to.channels) *
                              static_cast<int64_t>(sizeof(float));
  int64_t together = tiles.images;
  while (together % 2 == 0 && together * image_bytes > most_bytes) together /= 2;
  return together;
}

Desc matrices(int64_t rows, int64_t columns) {
  return {{products, rows, columns}, ElementType::f32, dnnl::memory::format_tag::abc};
}

/// The kernels as the products take them, transformed and packed once.
BufferId transformed(Emitter& emit, NodeRef node, const Tiles& tiles, const Desc& wanted) {
  const Desc view = plain_kernel(emit.shape(node.input(1)), 1);
  const BufferId kernel = emit.parameter(node.input(1), view);
  const auto* weight = emit.graph.get_if<ops::Weight>(node.input(1));
  const Section section =
      weight != nullptr && weight->trainable ? Section::pack_trainable : Section::pack_frozen;
  const Desc plain_desc = matrices(tiles.from.channels, tiles.to.channels);
  const BufferId whole = emit.program.temporary(plain_desc);
  emit.program.add(section, "Winograd kernel " + node.node.name, {kernel, whole},
                   [pairs = tiles.from.channels * tiles.to.channels](const auto& data) {
                     transform_kernels(data[0], pairs, data[1]);
                   });
  const BufferId packed = emit.program.persistent(wanted);
  emit.program.add_reorder(section, whole, packed);
  return packed;
}

}  // namespace

bool emit_winograd(Emitter& emit, const ops::Conv2D& op, NodeRef node,
                   const std::function<BufferId(const Desc&)>& destination) {
  Tiles tiles{.from = plane_of(emit, node.input(0)),
              .to = plane_of(emit, node.value),
              .top = op.padding.top,
              .left = op.padding.left,
              .images = emit.batch()};
  if (!fits(emit, op, tiles)) return false;
  tiles.images = images_together(tiles);
  const Desc source_desc = matrices(tiles.count(), tiles.from.channels);
  const Desc result_desc = matrices(tiles.count(), tiles.to.channels);
  const dnnl::matmul::primitive_desc multiply(
      emit.program.engine(), source_desc,
      any_layout(matrices(tiles.from.channels, tiles.to.channels)), result_desc);
  const BufferId x = emit.value(node.input(0), layout_of(emit, node.input(0)));
  const BufferId kernels = transformed(emit, node, tiles, multiply.weights_desc());
  const BufferId y = destination(layout_of(emit, node.value));
  const BufferId source = emit.program.temporary(source_desc);
  const BufferId result = emit.program.temporary(result_desc);
  std::vector<BufferId> back = {result, y};
  if (op.has_bias)
    back.push_back(emit.parameter(node.input(2), plain_vector(node.node.shape.last())));
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const bool is_linear = op.activation.kind == Activation::Kind::linear;
  const Finish finish{.adds = op.has_residual,
                      .low = is_linear ? -infinity : 0.0F,
                      .high = is_linear ? infinity : op.activation.max_value};
  for (int64_t first = 0; first < emit.batch(); first += tiles.images) {
    emit.program.add(Section::forward, "Winograd input " + node.node.name, {x, source},
                     [tiles, first](const auto& data) {
                       transform_images(tiles, data[0] + first * tiles.from.size(), data[1]);
                     });
    emit.program.add(Section::forward, "Winograd products " + node.node.name,
                     dnnl::matmul(multiply),
                     {{DNNL_ARG_SRC, source}, {DNNL_ARG_WEIGHTS, kernels}, {DNNL_ARG_DST, result}});
    emit.program.add(Section::forward, "Winograd output " + node.node.name, back,
                     [tiles, first, finish](const auto& data) {
                       transform_back(tiles, data[0], data.size() > 2 ? data[2] : nullptr, finish,
                                      data[1] + first * tiles.to.size());
                     });
  }
  return true;
}

}  // namespace thaw::cpu
