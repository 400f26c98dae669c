#include "thaw/formats/keras/hdf5/writer.h"

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <cstring>

#include "thaw/core/error.h"
#include "thaw/core/memory.h"

namespace thaw::keras {
namespace {

constexpr size_t largest_attribute = 64512;  // HDF5 stores no more than 64 KB in an object's header

template <herr_t (*close)(hid_t)>
Hdf5Handle own(hid_t id) {
  if (id < 0) throw Error("HDF5 could not write; is there memory left?");
  return Hdf5Handle(id, [](int64_t owned) -> int { return close(owned); });
}

void check(herr_t result) {
  if (result < 0) throw Error("HDF5 could not write; is there memory left?");
}

void write_strings(hid_t object, const std::string& name, const std::vector<std::string>& items,
                   size_t width) {
  const auto type = own<H5Tclose>(H5Tcopy(H5T_C_S1));
  check(H5Tset_size(type.id(), std::max<size_t>(width, 1)));
  check(H5Tset_strpad(type.id(), H5T_STR_NULLPAD));
  const hsize_t count = items.size();
  const auto space = own<H5Sclose>(H5Screate_simple(1, &count, nullptr));
  const auto attribute = own<H5Aclose>(
      H5Acreate2(object, name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT));
  if (items.empty()) return;
  std::string raw(std::max<size_t>(width, 1) * items.size(), '\0');
  for (size_t i = 0; i < items.size(); ++i) items[i].copy(raw.data() + i * width, width);
  check(H5Awrite(attribute.id(), type.id(), raw.data()));
}

}  // namespace

/// The memory in which HDF5 builds the file. The expected size is allocated at once, so that
/// nothing is copied while the file grows; finish() gives these bytes themselves, not a copy.
struct Hdf5Writer::Image {
  explicit Image(size_t expected_bytes) : expected(expected_bytes) {}
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;

  /// At least `bytes` with the contents so far, as realloc(). Returns nullptr, and keeps the old
  /// memory, when there is no more.
  void* grow(size_t bytes) noexcept {
    if (bytes <= capacity) return data.get();
    try {
      const size_t wanted = std::max({bytes, 2 * capacity, expected});
      Memory larger = allocate(wanted);
      if (data != nullptr) std::memcpy(larger.get(), data.get(), capacity);
      data = std::move(larger);
      capacity = wanted;
      return data.get();
    } catch (const Error&) {
      return nullptr;
    }
  }

  size_t expected;
  Memory data;
  size_t capacity = 0;
};

namespace {

/// A new file in `image`. A template because Hdf5Writer::Image is private to Hdf5Writer.
template <typename Image>
Hdf5Handle create_in(Image& image) {
  using Operation = H5FD_file_image_op_t;
  H5FD_file_image_callbacks_t callbacks{
      .image_malloc = [](size_t size, Operation, void* user) -> void* {
        return static_cast<Image*>(user)->grow(size);
      },
      .image_memcpy = [](void* to, const void* from, size_t size, Operation, void*) -> void* {
        return std::memcpy(to, from, size);
      },
      .image_realloc = [](void*, size_t size, Operation, void* user) -> void* {
        return static_cast<Image*>(user)->grow(size);
      },
      .image_free = [](void*, Operation, void*) -> herr_t { return 0; },  // the image owns it
      .udata_copy = [](void* user) { return user; },
      .udata_free = [](void*) -> herr_t { return 0; },
      .udata = &image};
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // check() throws what HDF5 would print
  const auto access = own<H5Pclose>(H5Pcreate(H5P_FILE_ACCESS));
  check(H5Pset_fapl_core(access.id(), size_t{1} << 20, 0));
  check(H5Pset_file_image_callbacks(access.id(), &callbacks));
  return own<H5Fclose>(H5Fcreate("in-memory.h5", H5F_ACC_TRUNC, H5P_DEFAULT, access.id()));
}

}  // namespace

Hdf5Writer::Hdf5Writer(size_t expected_bytes)
    : image_(std::make_unique<Image>(expected_bytes)), file_(create_in(*image_)) {}
Hdf5Writer::~Hdf5Writer() = default;

Hdf5Handle Hdf5Writer::open_object(const std::string& path) const {
  return own<H5Oclose>(H5Oopen(file_->id(), path.empty() ? "/" : path.c_str(), H5P_DEFAULT));
}

void Hdf5Writer::create_group(const std::string& path) {
  // No times in the file: the same model gives the same bytes.
  const auto creation = own<H5Pclose>(H5Pcreate(H5P_GROUP_CREATE));
  check(H5Pset_obj_track_times(creation.id(), false));
  for (size_t end = path.find('/');; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (groups_.insert(part).second) {
      own<H5Gclose>(H5Gcreate2(file_->id(), part.c_str(), H5P_DEFAULT, creation.id(), H5P_DEFAULT));
    }
    if (end == std::string::npos) break;
  }
}

void Hdf5Writer::write_text_attribute(const std::string& path, const std::string& name,
                                      std::string_view text) {
  // Of variable length, as h5py writes a str: the text lies outside the object's header.
  const auto type = own<H5Tclose>(H5Tcopy(H5T_C_S1));
  check(H5Tset_size(type.id(), H5T_VARIABLE));
  check(H5Tset_cset(type.id(), H5T_CSET_UTF8));
  const auto space = own<H5Sclose>(H5Screate(H5S_SCALAR));
  const Hdf5Handle object = open_object(path);
  const auto attribute = own<H5Aclose>(
      H5Acreate2(object.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT));
  const std::string owned(text);
  const char* start = owned.c_str();
  check(H5Awrite(attribute.id(), type.id(), static_cast<const void*>(&start)));
}

void Hdf5Writer::write_list_attribute(const std::string& path, const std::string& name,
                                      const std::vector<std::string>& items) {
  size_t width = 1;
  for (const std::string& item : items) width = std::max(width, item.size());
  const Hdf5Handle object = open_object(path);
  if (width * items.size() <= largest_attribute) {
    write_strings(object.id(), name, items, width);
    return;
  }
  const size_t step = std::max<size_t>(1, largest_attribute / width);
  for (size_t start = 0, chunk = 0; start < items.size(); start += step, ++chunk) {
    const auto first = items.begin() + static_cast<std::ptrdiff_t>(start);
    const auto last =
        items.begin() + static_cast<std::ptrdiff_t>(std::min(items.size(), start + step));
    write_strings(object.id(), fmt::format("{}{}", name, chunk), {first, last}, width);
  }
}

void Hdf5Writer::write_numbers(const std::string& path, const Shape& shape, int64_t file_type,
                               int64_t memory_type, const void* data) {
  if (const size_t slash = path.rfind('/'); slash != std::string::npos)
    create_group(path.substr(0, slash));
  const auto creation = own<H5Pclose>(H5Pcreate(H5P_DATASET_CREATE));
  check(H5Pset_obj_track_times(creation.id(), false));
  std::vector<hsize_t> sizes(shape.sizes().begin(), shape.sizes().end());
  const auto space = own<H5Sclose>(
      sizes.empty() ? H5Screate(H5S_SCALAR)
                    : H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr));
  const auto dataset = own<H5Dclose>(H5Dcreate2(file_->id(), path.c_str(), file_type, space.id(),
                                                H5P_DEFAULT, creation.id(), H5P_DEFAULT));
  if (shape.elements() > 0)
    check(H5Dwrite(dataset.id(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data));
}

void Hdf5Writer::write_dataset(const std::string& path, const Tensor& value) {
  write_numbers(path, value.shape(), H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, value.data());
}

void Hdf5Writer::write_integer(const std::string& path, int64_t value) {
  write_numbers(path, {}, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
}

std::string_view Hdf5Writer::finish() {
  check(H5Fflush(file_->id(), H5F_SCOPE_GLOBAL));
  const ssize_t size = H5Fget_file_image(file_->id(), nullptr, 0);
  check(size < 0 || static_cast<size_t>(size) > image_->capacity ? -1 : 0);
  file_.reset();  // only closing marks the file as whole
  return {static_cast<const char*>(image_->data.get()), static_cast<size_t>(size)};
}

}  // namespace thaw::keras
