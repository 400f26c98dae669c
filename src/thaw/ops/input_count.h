#pragma once

namespace thaw::ops {

/// What an operation's input_count() says where it takes any number of inputs but none.
constexpr int any_number = -1;

}  // namespace thaw::ops
