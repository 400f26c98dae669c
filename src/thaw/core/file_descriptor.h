#pragma once

#include <utility>

namespace thaw {

/// An open file of the operating system, closed with its owner.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  /// Takes what ::open() gave, −1 after a failure included.
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor() { close(); }
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  bool is_open() const { return number_ >= 0; }
  /// For calls of the operating system; −1 when nothing is open.
  int number() const { return number_; }
  /// Closes it now; errno stays as it was.
  void close();

 private:
  int number_ = -1;
};

}  // namespace thaw
