#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace thaw {

/// The reason why an operation could not be done. The message goes from the whole to the detail,
/// its parts joined by ": ": file, layer, weight, what was expected, what was received, what to do.
/// Example: `model.h5: layer "conv1": weight "kernel": expected shape (3, 3, 3, 16), received …`.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The call itself was wrong, whatever the files and data are: an unknown flag, name or number. The
/// program ends with exit code 2 after it, and with 1 after any other Error.
class UsageError : public Error {
 public:
  using Error::Error;
};

/// "context: message"; `message` alone when it begins with "context: " already.
inline std::string in_context(const std::string& context, const std::string& message) {
  return message.starts_with(context + ": ") ? message : context + ": " + message;
}

/// Runs `body` and returns what it returns. An Error (or UsageError) that leaves it is thrown again
/// with `context` before its message; other exceptions pass unchanged.
/// Example: with_context("model.h5", [&] { return read(file); })
template <typename Body>
auto with_context(const std::string& context, Body&& body) -> decltype(body()) {
  try {
    return std::forward<Body>(body)();
  } catch (const UsageError& error) {
    throw UsageError(in_context(context, error.what()));
  } catch (const Error& error) {
    throw Error(in_context(context, error.what()));
  }
}

}  // namespace thaw
