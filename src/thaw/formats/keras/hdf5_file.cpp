#include "thaw/formats/keras/hdf5_file.h"

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <cstring>

#include "thaw/core/error.h"

namespace thaw::keras {
namespace {

constexpr size_t deflate_factor = 1100;  // no deflated stream grows by more than 1032
constexpr int64_t most_strings = 1 << 20;

template <herr_t (*close)(hid_t)>
Hdf5Handle own(hid_t id, const std::string& what) {
  if (id < 0) throw Error(what);
  return Hdf5Handle(id, [](int64_t owned) -> int { return close(owned); });
}

void check(herr_t result, const std::string& what) {
  if (result < 0) throw Error(what);
}

void silence() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

std::string shown(const std::string& path) { return path.empty() ? "/" : path; }

std::vector<std::string> parts(const std::string& path) {
  std::vector<std::string> result;
  size_t start = 0;
  while (start < path.size()) {
    const size_t end = std::min(path.find('/', start), path.size());
    if (end > start) result.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  return result;
}

Hdf5Handle memory_access(const std::string* image) {
  auto access = own<H5Pclose>(H5Pcreate(H5P_FILE_ACCESS), "no memory for an HDF5 file");
  check(H5Pset_fapl_core(access.id(), size_t{1} << 20, 0), "no memory for an HDF5 file");
  if (image != nullptr) {
    std::string copy = *image;  // HDF5 copies it once more and declares it writable
    check(H5Pset_file_image(access.id(), copy.data(), copy.size()), "no memory for an HDF5 file");
  }
  return access;
}

std::vector<std::string> read_strings(hid_t attribute, hid_t type, hsize_t count,
                                      uint64_t file_size) {
  std::vector<std::string> result;
  if (H5Tis_variable_str(type) > 0) {
    const auto space = own<H5Sclose>(H5Aget_space(attribute), "expected a readable attribute");
    auto memory_type = own<H5Tclose>(H5Tcopy(H5T_C_S1), "no memory for an HDF5 type");
    H5Tset_size(memory_type.id(), H5T_VARIABLE);
    H5Tset_cset(memory_type.id(), H5Tget_cset(type));
    std::vector<char*> texts(count, nullptr);
    const herr_t status = H5Aread(attribute, memory_type.id(), static_cast<void*>(texts.data()));
    for (const char* text : texts) result.emplace_back(text == nullptr ? "" : text);
    H5Dvlen_reclaim(memory_type.id(), space.id(), H5P_DEFAULT, static_cast<void*>(texts.data()));
    check(status, "expected readable strings");
    return result;
  }
  const size_t width = H5Tget_size(type);
  if (width == 0 || width > file_size || count > file_size / width)
    throw Error("expected strings that fit in the file; it is damaged");
  std::string raw(width * count, '\0');
  check(H5Aread(attribute, type, raw.data()), "expected readable strings");
  for (hsize_t i = 0; i < count; ++i) {
    const char* start = raw.data() + i * width;
    result.emplace_back(start, strnlen(start, width));
  }
  return result;
}

}  // namespace

Hdf5File Hdf5File::open(const std::filesystem::path& path) {
  silence();
  std::error_code error;
  const uint64_t size = std::filesystem::file_size(path, error);
  if (error) throw Error("cannot be read: " + error.message());
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  return {own<H5Fclose>(file, "expected an HDF5 file; this one is truncated, damaged, or no HDF5"),
          size};
}

Hdf5File Hdf5File::open_bytes(std::string bytes) {
  silence();
  if (bytes.empty()) throw Error("expected an HDF5 file, received nothing");
  const auto access = memory_access(&bytes);
  const hid_t file = H5Fopen("in-memory.h5", H5F_ACC_RDONLY, access.id());
  return {own<H5Fclose>(file, "expected an HDF5 file; this one is truncated, damaged, or no HDF5"),
          bytes.size()};
}

Hdf5File Hdf5File::create() {
  silence();
  const auto access = memory_access(nullptr);
  const hid_t file = H5Fcreate("in-memory.h5", H5F_ACC_TRUNC, H5P_DEFAULT, access.id());
  return {own<H5Fclose>(file, "no memory for an HDF5 file"), 0};
}

Hdf5Handle Hdf5File::open_object(const std::string& path) const {
  auto current = own<H5Oclose>(H5Oopen(file_.id(), "/", H5P_DEFAULT), "expected a root group");
  hid_t id = current.id();
  std::vector<Hdf5Handle> way;
  way.push_back(std::move(current));
  for (const std::string& part : parts(path)) {
    H5L_info_t link;
    if (H5Iget_type(id) != H5I_GROUP || H5Lget_info(id, part.c_str(), &link, H5P_DEFAULT) < 0)
      throw Error(fmt::format("expected \"{}\", which the file has not", path));
    // Soft and external links can point anywhere, even into another file; Keras writes neither.
    if (link.type != H5L_TYPE_HARD)
      throw Error(fmt::format("expected data at \"{}\", received a link to elsewhere", path));
    way.push_back(own<H5Oclose>(H5Oopen(id, part.c_str(), H5P_DEFAULT),
                                fmt::format("\"{}\" is damaged", path)));
    id = way.back().id();
  }
  return std::move(way.back());
}

bool Hdf5File::is_group(const std::string& path) const {
  try {
    return H5Iget_type(open_object(path).id()) == H5I_GROUP;
  } catch (const Error&) {
    return false;
  }
}

bool Hdf5File::is_dataset(const std::string& path) const {
  try {
    return H5Iget_type(open_object(path).id()) == H5I_DATASET;
  } catch (const Error&) {
    return false;
  }
}

std::vector<std::string> Hdf5File::children(const std::string& group) const {
  const Hdf5Handle object = open_object(group);
  H5G_info_t info;
  check(H5Gget_info(object.id(), &info), fmt::format("expected a group at \"{}\"", shown(group)));
  if (info.nlinks > most_strings) throw Error("expected a group of fewer members");
  std::vector<std::string> names;
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    const auto get = [&](char* buffer, size_t size) {
      return H5Lget_name_by_idx(object.id(), ".", H5_INDEX_NAME, H5_ITER_INC, i, buffer, size,
                                H5P_DEFAULT);
    };
    const ssize_t length = get(nullptr, 0);
    if (length < 0 || length > 65536)
      throw Error(fmt::format("group \"{}\" is damaged", shown(group)));
    std::string name(static_cast<size_t>(length), '\0');
    get(name.data(), name.size() + 1);
    names.push_back(std::move(name));
  }
  return names;
}

std::optional<std::vector<std::string>> Hdf5File::strings(const std::string& path,
                                                          const std::string& name) const {
  const Hdf5Handle object = open_object(path);
  if (H5Aexists(object.id(), name.c_str()) <= 0) return std::nullopt;
  return with_context(fmt::format("attribute \"{}\" of \"{}\"", name, shown(path)), [&] {
    const auto attribute =
        own<H5Aclose>(H5Aopen(object.id(), name.c_str(), H5P_DEFAULT), "is damaged");
    const auto space = own<H5Sclose>(H5Aget_space(attribute.id()), "is damaged");
    const hssize_t count = H5Sget_simple_extent_npoints(space.id());
    if (count == 0) return std::vector<std::string>{};  // of whatever type NumPy gave no items
    if (count < 0 || count > most_strings) throw Error(fmt::format("has {} items", count));
    const auto type = own<H5Tclose>(H5Aget_type(attribute.id()), "is damaged");
    if (H5Tget_class(type.id()) != H5T_STRING)
      throw Error("expected text, received another type; write the file anew with Keras");
    return read_strings(attribute.id(), type.id(), static_cast<hsize_t>(count), size_);
  });
}

std::optional<std::string> Hdf5File::text_attribute(const std::string& path,
                                                    const std::string& name) const {
  auto found = strings(path, name);
  if (!found || found->empty()) return std::nullopt;
  return std::move(found->front());
}

std::optional<std::vector<std::string>> Hdf5File::list_attribute(const std::string& path,
                                                                 const std::string& name) const {
  if (auto whole = strings(path, name)) return whole;
  std::optional<std::vector<std::string>> joined;
  for (int chunk = 0;; ++chunk) {
    const auto part = strings(path, fmt::format("{}{}", name, chunk));
    if (!part) return joined;
    if (!joined) joined.emplace();
    joined->insert(joined->end(), part->begin(), part->end());
  }
}

Hdf5Handle Hdf5File::open_dataset(const std::string& path) const {
  Hdf5Handle object = open_object(path);
  if (H5Iget_type(object.id()) != H5I_DATASET)
    throw Error(fmt::format("expected numbers at \"{}\", received a group", path));
  const auto properties =
      own<H5Pclose>(H5Dget_create_plist(object.id()), fmt::format("\"{}\" is damaged", path));
  if (H5Pget_layout(properties.id()) == H5D_VIRTUAL || H5Pget_external_count(properties.id()) != 0)
    throw Error(fmt::format("expected numbers at \"{}\", received a link to another file", path));
  return object;
}

Shape Hdf5File::dataset_shape(const std::string& path) const {
  const Hdf5Handle dataset = open_dataset(path);
  const auto space = own<H5Sclose>(H5Dget_space(dataset.id()), path + " is damaged");
  const int rank = H5Sget_simple_extent_ndims(space.id());
  if (rank < 0 || rank > 8) throw Error(fmt::format("\"{}\" has {} axes", path, rank));
  std::vector<hsize_t> sizes(static_cast<size_t>(rank));
  H5Sget_simple_extent_dims(space.id(), sizes.data(), nullptr);
  std::vector<int64_t> result;
  for (const hsize_t size : sizes)
    result.push_back(static_cast<int64_t>(std::min<hsize_t>(size, hsize_t{1} << 48)));
  return Shape(std::move(result));
}

Tensor Hdf5File::read_dataset(const std::string& path) const {
  const Shape shape = dataset_shape(path);
  const Hdf5Handle dataset = open_dataset(path);
  const auto type = own<H5Tclose>(H5Dget_type(dataset.id()), path + " is damaged");
  const H5T_class_t kind = H5Tget_class(type.id());
  if (kind != H5T_FLOAT && kind != H5T_INTEGER)
    throw Error(fmt::format("expected numbers at \"{}\", received another type", path));
  if (static_cast<uint64_t>(shape.elements()) > (size_ + 4096) * deflate_factor) {
    throw Error(fmt::format("\"{}\" claims shape {}, more than a file of {} bytes can hold", path,
                            shape.to_string(), size_));
  }
  Tensor value = Tensor::zeros(shape);
  if (value.elements() > 0) {
    check(H5Dread(dataset.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, value.data()),
          fmt::format("the numbers of \"{}\" cannot be read; the file is damaged", path));
  }
  return value;
}

}  // namespace thaw::keras
