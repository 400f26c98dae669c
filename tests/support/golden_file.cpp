#include "support/golden_file.h"

#include <zlib.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <memory>
#include <sstream>

#include "thaw/core/error.h"
#include "thaw/core/random.h"

namespace thaw::testing {
namespace {

static_assert(std::endian::native == std::endian::little, "golden files hold little-endian floats");

std::string golden_path(const std::string& relative_path) {
  return std::string(THAW_SOURCE_FOLDER) + "/tests/golden/" + relative_path;
}

std::string unzip(const std::string& path) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), &gzclose);
  if (!file) {
    throw Error(path +
                ": expected a golden file, found none: write it with the scripts of tools/golden/");
  }
  std::string content;
  std::string block(1 << 16, '\0');
  while (true) {
    const int count = gzread(file.get(), block.data(), static_cast<unsigned>(block.size()));
    if (count < 0) throw Error(path + ": damaged");
    if (count == 0) return content;
    content.append(block, 0, static_cast<size_t>(count));
  }
}

Shape parse_shape(const std::string& words) {
  std::vector<int64_t> sizes;
  if (words != "-") {
    std::istringstream stream(words);
    for (std::string size; std::getline(stream, size, ',');) sizes.push_back(std::stoll(size));
  }
  return Shape(std::move(sizes));
}

}  // namespace

std::string unzip_golden(const std::string& relative_path) {
  return unzip(golden_path(relative_path));
}

GoldenFile::GoldenFile(const std::string& relative_path) : path_(golden_path(relative_path)) {
  const std::string content = unzip(path_);
  const size_t end = content.find("\n\n");
  if (!content.starts_with("thaw-golden 1\n") || end == std::string::npos)
    throw Error(path_ + ": not a golden file of version 1");
  read_header(std::string_view(content).substr(0, end + 1));
  const size_t bytes = content.size() - (end + 2);
  if (bytes != payload_.size() * sizeof(float))
    throw Error(path_ + ": its header and its length disagree");
  if (bytes > 0) std::memcpy(payload_.data(), content.data() + end + 2, bytes);
}

void GoldenFile::read_header(std::string_view header) {
  std::istringstream lines{std::string(header)};
  std::string line;
  std::getline(lines, line);
  size_t payload_size = 0;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string kind;
    std::string name;
    words >> kind >> name;
    if (kind == "text") {
      const size_t start = kind.size() + name.size() + 2;
      texts_[name] = start < line.size() ? line.substr(start) : "";
      continue;
    }
    std::string shape;
    words >> shape;
    Array array{.shape = parse_shape(shape), .offset = payload_size};
    if (kind == "philox") {
      array.is_generated = true;
      words >> array.seed >> array.stream >> array.low >> array.high;
    } else if (kind == "float32") {
      payload_size += static_cast<size_t>(array.shape.elements());
    } else {
      throw Error(path_ + ": unknown record \"" + line + "\"");
    }
    arrays_[name] = std::move(array);
    order_.push_back(name);
  }
  payload_.resize(payload_size);
}

bool GoldenFile::has(std::string_view name) const {
  return texts_.contains(name) || arrays_.contains(name);
}

const std::string& GoldenFile::text(std::string_view name) const {
  const auto found = texts_.find(name);
  if (found == texts_.end()) throw Error(path_ + ": has no text " + std::string(name));
  return found->second;
}

const GoldenFile::Array& GoldenFile::entry(std::string_view name) const {
  const auto found = arrays_.find(name);
  if (found == arrays_.end()) throw Error(path_ + ": has no array " + std::string(name));
  return found->second;
}

Shape GoldenFile::shape(std::string_view name) const { return entry(name).shape; }

Tensor GoldenFile::array(std::string_view name) const {
  const Array& array = entry(name);
  if (!array.is_generated) {
    return Tensor::from(
        array.shape,
        std::span(payload_).subspan(array.offset, static_cast<size_t>(array.shape.elements())));
  }
  return uniform_tensor(array.shape, array.low, array.high, Random(array.seed, array.stream));
}

std::vector<std::string> GoldenFile::arrays(std::string_view prefix) const {
  std::vector<std::string> result;
  for (const std::string& name : order_)
    if (name.starts_with(prefix)) result.push_back(name);
  return result;
}

Difference difference(const Tensor& expected, const Tensor& received) {
  if (expected.shape() != received.shape()) {
    throw Error("expected shape " + expected.shape().to_string() + ", received " +
                received.shape().to_string());
  }
  Difference result;
  for (size_t i = 0; i < expected.values().size(); ++i) {
    const float a = expected.values()[i];
    const float b = received.values()[i];
    result.scale = std::max(result.scale, std::abs(a));
    if (!(std::abs(a - b) <= result.largest)) {
      result.largest = std::abs(a - b);
      result.index = i;
      result.expected_value = a;
      result.received_value = b;
      if (std::isnan(result.largest)) break;
    }
  }
  return result;
}

std::string Difference::to_string() const {
  std::ostringstream out;
  out << "largest difference " << largest << " at element " << index << ": expected "
      << expected_value << ", received " << received_value << "; largest expected value " << scale;
  return out.str();
}

}  // namespace thaw::testing
