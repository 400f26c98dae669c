// Draws labelled images of plain shapes: OUT/<class>/0000.bmp …, for demonstrations, tests and
// benchmarks that have no photos at hand. The same options give the same bytes.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <span>
#include <string>
#include <string_view>

#include "thaw/core/error.h"
#include "thaw/core/random.h"
#include "thaw/data/image.h"

namespace {

using thaw::Image;
using thaw::Random;

constexpr float pi = 3.14159265F;

struct Point {
  float x = 0;
  float y = 0;
};

/// Whether a ray to the right crosses the outline an odd number of times.
bool within(std::span<const Point> outline, Point p) {
  bool inside = false;
  Point previous = outline.back();
  for (const Point& corner : outline) {
    if ((corner.y > p.y) != (previous.y > p.y) &&
        p.x < corner.x + (p.y - corner.y) * (previous.x - corner.x) / (previous.y - corner.y))
      inside = !inside;
    previous = corner;
  }
  return inside;
}

template <size_t corners>
std::array<Point, corners> around(float inner, float outer) {
  std::array<Point, corners> result;
  for (size_t i = 0; i < corners; ++i) {
    const float angle = 2 * pi * static_cast<float>(i) / corners;
    const float radius = i % 2 == 0 ? outer : inner;
    result[i] = {radius * std::sin(angle), -radius * std::cos(angle)};
  }
  return result;
}

bool circle(Point p) { return std::hypot(p.x, p.y) < 0.85F; }
bool square(Point p) { return std::max(std::abs(p.x), std::abs(p.y)) < 0.75F; }
bool triangle(Point p) {
  static constexpr std::array<Point, 3> outline{{{0, -0.95F}, {0.85F, 0.65F}, {-0.85F, 0.65F}}};
  return within(outline, p);
}
bool star(Point p) {
  static const auto outline = around<10>(0.4F, 1);
  return within(outline, p);
}
bool moon(Point p) { return std::hypot(p.x, p.y) < 0.9F && std::hypot(p.x - 0.45F, p.y) > 0.72F; }
bool bar(Point p) { return std::abs(p.x) < 0.95F && std::abs(p.y) < 0.28F; }

bool heart(Point p) {
  const float x = p.x * 1.25F;
  const float y = 0.15F - p.y * 1.25F;
  const float r = x * x + y * y - 1;
  return r * r * r < x * x * y * y * y;
}
bool cross(Point p) {
  const float narrow = std::min(std::abs(p.x), std::abs(p.y));
  return narrow < 0.26F && std::max(std::abs(p.x), std::abs(p.y)) < 0.9F;
}
bool ring(Point p) {
  const float radius = std::hypot(p.x, p.y);
  return radius > 0.5F && radius < 0.9F;
}
bool arrow(Point p) {
  static constexpr std::array<Point, 7> outline{{{0, -0.95F},
                                                 {0.75F, -0.1F},
                                                 {0.25F, -0.1F},
                                                 {0.25F, 0.95F},
                                                 {-0.25F, 0.95F},
                                                 {-0.25F, -0.1F},
                                                 {-0.75F, -0.1F}}};
  return within(outline, p);
}

struct Shape {
  std::string_view name;
  bool (*contains)(Point);  ///< a point of the square −1 … 1, y downward
};

constexpr std::array<Shape, 6> source_shapes{{{"bar", bar},
                                              {"circle", circle},
                                              {"moon", moon},
                                              {"square", square},
                                              {"star", star},
                                              {"triangle", triangle}}};
constexpr std::array<Shape, 4> target_shapes{
    {{"arrow", arrow}, {"cross", cross}, {"heart", heart}, {"ring", ring}}};

using Colour = std::array<float, 3>;

Colour colour(Random& random) {
  return {random.uniform(20, 235), random.uniform(20, 235), random.uniform(20, 235)};
}

float contrast(const Colour& a, const Colour& b) {
  return std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2]);
}

/// The share of a pixel that the shape covers, from 3×3 points in it.
struct Placement {
  Point centre;
  float radius = 1;
  float cosine = 1;
  float sine = 0;

  float coverage(const Shape& shape, int column, int row) const {
    int hits = 0;
    for (const float right : {1.0F / 6, 3.0F / 6, 5.0F / 6}) {
      for (const float down : {1.0F / 6, 3.0F / 6, 5.0F / 6}) {
        const Point p{(static_cast<float>(column) + right - centre.x) / radius,
                      (static_cast<float>(row) + down - centre.y) / radius};
        hits += shape.contains({cosine * p.x + sine * p.y, cosine * p.y - sine * p.x}) ? 1 : 0;
      }
    }
    return static_cast<float>(hits) / 9;
  }
};

Placement place(Random& random, int width, int height) {
  const auto side = static_cast<float>(std::min(width, height));
  const float radius = side * random.uniform(0.25F, 0.42F);
  const float angle = random.uniform(-0.6F, 0.6F);
  const float right = static_cast<float>(width) - radius;
  const float bottom = static_cast<float>(height) - radius;
  return {{random.uniform(radius, right), random.uniform(radius, bottom)},
          radius,
          std::cos(angle),
          std::sin(angle)};
}

/// One shape on a background that fades from one colour to another, with noise over all.
Image draw(const Shape& shape, int width, int height, Random random) {
  Image image = Image::of_size(width, height, int64_t{1} << 26);
  const Placement placement = place(random, width, height);
  const Colour left = colour(random);
  Colour right = colour(random);
  for (size_t c = 0; c < 3; ++c) right[c] = 0.7F * left[c] + 0.3F * right[c];
  Colour ink = colour(random);
  while (contrast(ink, left) < 150 || contrast(ink, right) < 150) ink = colour(random);
  const float noise = random.uniform(2, 12);
  for (int row = 0; row < height; ++row) {
    uint8_t* pixel = image.row(row);
    for (int column = 0; column < width; ++column) {
      const float covered = placement.coverage(shape, column, row);
      const float across = static_cast<float>(column) / static_cast<float>(width);
      for (size_t c = 0; c < 3; ++c) {
        const float background = left[c] + (right[c] - left[c]) * across;
        const float value =
            background + (ink[c] - background) * covered + noise * random.uniform(-1, 1);
        *pixel++ = static_cast<uint8_t>(std::clamp(value, 0.0F, 255.0F));
      }
    }
  }
  return image;
}

/// A 24-bit Windows bitmap: rows from the bottom, each padded to four bytes, blue first.
std::string bmp(const Image& image) {
  const size_t stride = (static_cast<size_t>(image.width) * 3 + 3) / 4 * 4;
  const size_t size = 54 + stride * static_cast<size_t>(image.height);
  std::string bytes = "BM";
  const auto number = [&](size_t value, int count) {
    for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
  };
  number(size, 4), number(0, 4), number(54, 4);
  number(40, 4), number(static_cast<size_t>(image.width), 4);
  number(static_cast<size_t>(image.height), 4);
  number(1, 2), number(24, 2), number(0, 4), number(size - 54, 4);
  number(2835, 4), number(2835, 4), number(0, 4), number(0, 4);
  for (int row = image.height - 1; row >= 0; --row) {
    const uint8_t* pixel = image.row(row);
    for (int column = 0; column < image.width; ++column, pixel += 3) {
      for (const int c : {2, 1, 0}) bytes += static_cast<char>(pixel[c]);
    }
    bytes.resize((bytes.size() - 54 + 3) / 4 * 4 + 54);
  }
  return bytes;
}

struct Options {
  std::filesystem::path out;
  std::string set = "source";
  int images = 100;
  int width = 96;
  int height = 96;
  int seed = 1;
};

constexpr const char* usage =
    "draw_shapes OUT [--set source|target] [--images 100] [--width 96] [--height 96] [--seed 1]\n"
    "source: bar circle moon square star triangle; target: arrow cross heart ring.\n"
    "--images is for each class.\n";

int number(const std::string& flag, const std::string& text, int lowest, int highest) {
  char* end = nullptr;
  const long value = std::strtol(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || value < lowest || value > highest) {
    throw thaw::UsageError(flag + ": expected a number from " + std::to_string(lowest) + " to " +
                           std::to_string(highest) + ", received " + text);
  }
  return static_cast<int>(value);
}

Options parse(std::span<char*> arguments) {
  Options options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string flag = arguments[i];
    if (!flag.starts_with("--") && options.out.empty()) {
      options.out = flag;
      continue;
    }
    const std::string value = i + 1 < arguments.size() ? arguments[++i] : "";
    if (flag == "--set" && (value == "source" || value == "target"))
      options.set = value;
    else if (flag == "--images")
      options.images = number(flag, value, 1, 9999);
    else if (flag == "--width")
      options.width = number(flag, value, 16, 4096);
    else if (flag == "--height")
      options.height = number(flag, value, 16, 4096);
    else if (flag == "--seed")
      options.seed = number(flag, value, 0, 1 << 30);
    else
      throw thaw::UsageError("did not expect " + flag + " " + value + "\n" + usage);
  }
  if (options.out.empty()) throw thaw::UsageError(std::string("expected a folder\n") + usage);
  return options;
}

void draw_all(const Options& options) {
  const std::span<const Shape> shapes = options.set == "source"
                                            ? std::span<const Shape>(source_shapes)
                                            : std::span<const Shape>(target_shapes);
  const auto seed = static_cast<uint64_t>(options.seed);
  for (size_t label = 0; label < shapes.size(); ++label) {
    const auto folder = options.out / shapes[label].name;
    std::filesystem::create_directories(folder);
    for (int i = 0; i < options.images; ++i) {
      const auto stream = thaw::random_stream(label, static_cast<uint64_t>(i));
      const Image image = draw(shapes[label], options.width, options.height, Random(seed, stream));
      std::array<char, 16> name{};
      std::snprintf(name.data(), name.size(), "%04d.bmp", i);
      std::ofstream file(folder / name.data(), std::ios::binary);
      file << bmp(image) << std::flush;
      if (!file) throw thaw::Error((folder / name.data()).string() + ": cannot be written");
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    draw_all(parse(std::span(argv, static_cast<size_t>(argc)).subspan(1)));
  } catch (const thaw::UsageError& error) {
    std::cerr << "draw_shapes: " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "draw_shapes: " << error.what() << '\n';
    return 1;
  }
}
