// Why a request could not be met, said once and completely: place, fault, what to try.
#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace qdose {

/// What kind of failure: its value is the exit status of the program.
enum class Fault { bad_input = 2, bad_usage = 3, file = 4, numerical = 5 };

/// One thing that is wrong. `place` reads "trial.csv:12:3" (line 12, column 3) or names a file or a setting;
/// `hint` says what to try. Either may be empty.
struct Error {
  Fault fault = Fault::bad_input;
  std::string message;
  std::string place;
  std::string hint;
};

using Errors = std::vector<Error>;

/// A value, or every fault that was found on the way to it (never an empty list).
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Error error) : state_(Errors{std::move(error)}) {}
  Result(Errors errors) : state_(std::move(errors)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  const T& value() const& { return std::get<0>(state_); }
  T& value() & { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }
  const Errors& errors() const { return std::get<1>(state_); }

 private:
  std::variant<T, Errors> state_;
};

/// Success without a value.
struct Done {};

/// "trial.csv:12:3: message (hint)" for one error, one line each.
std::string describe(const Errors& errors);

/// The status with which the program ends for these errors: that of the first.
int exit_status(const Errors& errors);

}  // namespace qdose
