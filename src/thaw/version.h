#pragma once

/// This library's version; CMake reads it here. While the first number is 0, the second changes
/// with any change that a program of yours would have to follow.
#define THAW_VERSION_MAJOR 0
#define THAW_VERSION_MINOR 1
#define THAW_VERSION_PATCH 0
#define THAW_VERSION "0.1.0"
