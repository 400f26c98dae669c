#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace thaw {

/// What ends an operation. The message reads from the outside in, its parts joined by ": ":
/// file, layer, weight, what was expected, what was received, what to do.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The call itself was wrong (an unknown flag value, an unknown name): exit code 2 in the program.
class UsageError : public Error {
 public:
  using Error::Error;
};

/// `message` behind `context`, unless it begins with that already.
inline std::string in_context(const std::string& context, const std::string& message) {
  return message.starts_with(context + ": ") ? message : context + ": " + message;
}

/// Runs `body`; an Error that leaves it gets `context` put before its message.
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
