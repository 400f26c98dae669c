#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/core/tensor.h"

namespace thaw::testing {

/// What the gzip file tests/golden/<relative_path> holds; throws Error saying which script makes it
/// when it is missing.
std::string unzip_golden(const std::string& relative_path);

/// Values that Keras computed, as tools/golden/golden.py writes them: names to lines of text, to
/// stored numbers, and to numbers that both sides generate from the same Philox seed.
class GoldenFile {
 public:
  /// Reads tests/golden/<relative_path>; throws Error saying which script makes it when it is
  /// missing.
  explicit GoldenFile(const std::string& relative_path);

  bool has(std::string_view name) const;
  /// Throws Error when there is no such text.
  const std::string& text(std::string_view name) const;
  int64_t number(std::string_view name) const { return std::stoll(text(name)); }
  /// A fresh tensor each time; throws Error when there is no such array.
  Tensor array(std::string_view name) const;
  Shape shape(std::string_view name) const;
  /// Names of all arrays that start with `prefix`, in the order of the file.
  std::vector<std::string> arrays(std::string_view prefix = "") const;

 private:
  struct Array {
    Shape shape;
    size_t offset = 0;  ///< into the payload; used where no seed is
    bool is_generated = false;
    uint64_t seed = 0;
    uint64_t stream = 0;
    float low = 0;
    float high = 0;
  };
  void read_header(std::string_view header);
  const Array& entry(std::string_view name) const;

  std::string path_;
  std::map<std::string, std::string, std::less<>> texts_;
  std::map<std::string, Array, std::less<>> arrays_;
  std::vector<std::string> order_;
  std::vector<float> payload_;
};

/// How far two tensors lie apart.
struct Difference {
  float largest = 0;  ///< max |a − b|, not a number when any is
  float scale = 0;    ///< max |expected|
  size_t index = 0;   ///< where the largest is
  float expected_value = 0;
  float received_value = 0;
  /// Relative to the largest expected value, or to 1 where all are smaller.
  float relative_to_one() const { return largest / (scale > 1 ? scale : 1); }
  float relative() const { return scale > 0 ? largest / scale : largest; }
  std::string to_string() const;
};

/// Throws Error when the shapes differ.
Difference difference(const Tensor& expected, const Tensor& received);

}  // namespace thaw::testing
