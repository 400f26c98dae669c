#include "thaw/formats/onnx/tensors.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <limits>
#include <optional>

#include "thaw/core/error.h"
#include "thaw/core/half.h"

namespace thaw::onnx {
namespace {

using foreign::Array;
using schema::Tensor;

Shape shape_of(const Tensor& tensor) {
  std::vector<int64_t> sizes(tensor.dims().begin(), tensor.dims().end());
  Shape shape(std::move(sizes));
  (void)shape.elements();  // throws
  return shape;
}

uint64_t whole_number(const std::string& text) {
  uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end)
    throw Error(fmt::format("expected a number of bytes, received \"{}\"", text));
  return number;
}

/// The tensor's bytes from the file that it says.
std::string external_bytes(const Tensor& tensor, uint64_t wanted, ExternalFiles& files) {
  std::string location;
  uint64_t offset = 0;
  uint64_t length = wanted;
  for (const schema::Pair& pair : tensor.external_data()) {
    if (pair.key() == "location") location = pair.value();
    if (pair.key() == "offset") offset = whole_number(pair.value());
    if (pair.key() == "length") length = whole_number(pair.value());
  }
  if (length != wanted)
    throw Error(fmt::format("expected {} bytes of external data, received {}", wanted, length));
  return files.read(location, offset, length);
}

/// Throws Error before memory is taken, where the tensor's own data is not of `count` numbers.
void require_data(const Tensor& tensor, int64_t count, int typed, size_t number_bytes) {
  if (tensor.data_location() == 1) return;
  const auto wanted = static_cast<uint64_t>(count);
  const bool fits = tensor.has_raw_data() ? tensor.raw_data().size() == wanted * number_bytes
                                          : static_cast<uint64_t>(typed) == wanted;
  if (!fits) {
    throw Error(fmt::format("expected {} numbers, received {} {}", count,
                            tensor.has_raw_data() ? tensor.raw_data().size() : size_t(typed),
                            tensor.has_raw_data() ? "bytes" : "numbers"));
  }
}

/// Its `count` numbers as the file has them: `Stored` is their type in the bytes, and `typed` the
/// field that has them where there are no bytes. Requires require_data().
template <typename Stored, typename Field, typename Take>
void each_number(const Tensor& tensor, int64_t count, const Field& typed, ExternalFiles& files,
                 Take take) {
  const auto wanted = static_cast<uint64_t>(count) * sizeof(Stored);
  const bool is_external = tensor.data_location() == 1;
  if (!is_external && !tensor.has_raw_data()) {
    for (int i = 0; i < typed.size(); ++i) take(static_cast<size_t>(i), Stored(typed[i]));
    return;
  }
  const std::string outside = is_external ? external_bytes(tensor, wanted, files) : std::string();
  const std::string& bytes = is_external ? outside : tensor.raw_data();
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
    Stored number;
    std::memcpy(&number, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    take(i, number);
  }
}

/// What lies outside is read first, so that a file that is not there takes no memory.
template <typename Stored, typename Field, typename Convert>
Array floats(const Tensor& tensor, const Field& typed, ExternalFiles& files, Convert convert) {
  const Shape shape = shape_of(tensor);
  const int64_t count = shape.elements();
  require_data(tensor, count, typed.size(), sizeof(Stored));
  std::optional<thaw::Tensor> values;
  each_number<Stored>(tensor, count, typed, files, [&](size_t place, Stored number) {
    if (!values) values.emplace(shape);
    values->values()[place] = convert(number);
  });
  return Array(values ? std::move(*values) : thaw::Tensor(shape));
}

template <typename Stored, typename Field>
Array integers(const Tensor& tensor, const Field& typed, ExternalFiles& files) {
  const Shape shape = shape_of(tensor);
  const int64_t count = shape.elements();
  require_data(tensor, count, typed.size(), sizeof(Stored));
  std::vector<int64_t> values;
  each_number<Stored>(tensor, count, typed, files, [&](size_t, Stored number) {
    if (values.empty()) values.reserve(static_cast<size_t>(count));
    if constexpr (std::is_same_v<Stored, uint64_t>) {
      // Axes and ends of slices are written as the largest number there is.
      number = std::min(number, uint64_t{std::numeric_limits<int64_t>::max()});
    }
    values.push_back(static_cast<int64_t>(number));
  });
  return {shape, std::move(values)};
}

std::string describe_type(int type) {
  switch (type) {
    case Tensor::STRING:
      return "texts";
    case 14:
    case 15:
      return "complex numbers";
    case 17:
    case 18:
    case 19:
    case 20:
    case 23:
    case 24:
      return "floats of 4 or 8 bit: export the model before it is quantized";
    case 21:
    case 22:
    case 25:
    case 26:
      return "integers of 2 or 4 bit: export the model before it is quantized";
    default:
      return fmt::format("the unknown type {}", type);
  }
}

Array numbers_of(const Tensor& tensor, ExternalFiles& files) {
  switch (tensor.data_type()) {
    case Tensor::FLOAT:
      return floats<float>(tensor, tensor.float_data(), files, [](float x) { return x; });
    case Tensor::DOUBLE:
      return floats<double>(tensor, tensor.double_data(), files,
                            [](double x) { return static_cast<float>(x); });
    case Tensor::FLOAT16:
      return floats<uint16_t>(tensor, tensor.int32_data(), files, float_from_half);
    case Tensor::BFLOAT16:
      return floats<uint16_t>(tensor, tensor.int32_data(), files, float_from_bfloat16);
    case Tensor::INT64:
      return integers<int64_t>(tensor, tensor.int64_data(), files);
    case Tensor::INT32:
      return integers<int32_t>(tensor, tensor.int32_data(), files);
    case Tensor::INT16:
      return integers<int16_t>(tensor, tensor.int32_data(), files);
    case Tensor::INT8:
      return integers<int8_t>(tensor, tensor.int32_data(), files);
    case Tensor::UINT16:
      return integers<uint16_t>(tensor, tensor.int32_data(), files);
    case Tensor::UINT8:
    case Tensor::BOOL:
      return integers<uint8_t>(tensor, tensor.int32_data(), files);
    case Tensor::UINT32:
      return integers<uint32_t>(tensor, tensor.uint64_data(), files);
    case Tensor::UINT64:
      return integers<uint64_t>(tensor, tensor.uint64_data(), files);
    default:
      throw Error("expected numbers of 8 bit or more, received " +
                  describe_type(tensor.data_type()));
  }
}

}  // namespace

Array read_tensor(const Tensor& tensor, ExternalFiles& files) {
  return with_context(fmt::format("tensor \"{}\"", tensor.name()),
                      [&] { return numbers_of(tensor, files); });
}

}  // namespace thaw::onnx
