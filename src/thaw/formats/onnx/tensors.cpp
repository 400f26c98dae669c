#include "thaw/formats/onnx/tensors.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>

#include "thaw/core/error.h"
#include "thaw/formats/import/stored_numbers.h"

namespace thaw::onnx {
namespace {

using foreign::Array;
using foreign::Stored;
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

/// Its numbers: the file's own bytes or those outside, else of `typed`, the field that has them.
/// What lies outside is read first, so that a file that is not there takes no memory.
template <typename Number, typename Field>
Array array_of(const Tensor& tensor, Stored form, const Field& typed, ExternalFiles& files) {
  const Shape shape = shape_of(tensor);
  const int64_t count = shape.elements();
  require_data(tensor, count, typed.size(), sizeof(Number));
  const auto wanted = static_cast<uint64_t>(count) * sizeof(Number);
  if (tensor.data_location() == 1)
    return foreign::array_of(form, shape, external_bytes(tensor, wanted, files));
  if (tensor.has_raw_data()) return foreign::array_of(form, shape, tensor.raw_data());
  std::string bytes(wanted, '\0');
  for (int i = 0; i < typed.size(); ++i) {
    const auto number = static_cast<Number>(typed[i]);
    std::memcpy(bytes.data() + static_cast<size_t>(i) * sizeof(Number), &number, sizeof(Number));
  }
  return foreign::array_of(form, shape, bytes);
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
      return array_of<float>(tensor, Stored::float32, tensor.float_data(), files);
    case Tensor::DOUBLE:
      return array_of<double>(tensor, Stored::float64, tensor.double_data(), files);
    case Tensor::FLOAT16:
      return array_of<uint16_t>(tensor, Stored::float16, tensor.int32_data(), files);
    case Tensor::BFLOAT16:
      return array_of<uint16_t>(tensor, Stored::bfloat16, tensor.int32_data(), files);
    case Tensor::INT64:
      return array_of<int64_t>(tensor, Stored::int64, tensor.int64_data(), files);
    case Tensor::INT32:
      return array_of<int32_t>(tensor, Stored::int32, tensor.int32_data(), files);
    case Tensor::INT16:
      return array_of<int16_t>(tensor, Stored::int16, tensor.int32_data(), files);
    case Tensor::INT8:
      return array_of<int8_t>(tensor, Stored::int8, tensor.int32_data(), files);
    case Tensor::UINT16:
      return array_of<uint16_t>(tensor, Stored::uint16, tensor.int32_data(), files);
    case Tensor::UINT8:
    case Tensor::BOOL:
      return array_of<uint8_t>(tensor, Stored::uint8, tensor.int32_data(), files);
    case Tensor::UINT32:
      return array_of<uint32_t>(tensor, Stored::uint32, tensor.uint64_data(), files);
    case Tensor::UINT64:
      return array_of<uint64_t>(tensor, Stored::uint64, tensor.uint64_data(), files);
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
