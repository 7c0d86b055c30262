#pragma once

#include <barrier>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace sam6d::test {

/// A block of a kernel's grid on the host: what cuda/kernel_bodies.hpp wants to know of it.
class EmulatedBlock {
 public:
  EmulatedBlock(int index, int blocks, int thread, int threads, std::barrier<>* barrier,
                std::byte* memory)
      : index_(index),
        blocks_(blocks),
        thread_(thread),
        threads_(threads),
        barrier_(barrier),
        memory_(memory) {}
  [[nodiscard]] int index() const { return index_; }
  [[nodiscard]] int blocks() const { return blocks_; }
  [[nodiscard]] int thread() const { return thread_; }
  [[nodiscard]] int threads() const { return threads_; }
  void sync() const { barrier_->arrive_and_wait(); }
  template <class T>
  [[nodiscard]] T* shared() const {
    return reinterpret_cast<T*>(memory_);
  }

 private:
  int index_, blocks_, thread_, threads_;
  std::barrier<>* barrier_;
  std::byte* memory_;
};

/// Runs a body that never waits: one thread after the other, last ones first.
template <class Body>
void run_elements(const Body& body, int blocks, int threads) {
  for (int index = blocks - 1; index >= 0; --index) {
    for (int thread = threads - 1; thread >= 0; --thread) {
      EmulatedBlock block(index, blocks, thread, threads, nullptr, nullptr);
      body(block);
    }
  }
}

/// Runs a body that waits: the threads of a block at once, blocks one after the other. The shared
/// memory has exactly that many bytes, so that address sanitizers see what lies outside.
template <class Body>
void run_blocks(const Body& body, int blocks, int threads, int shared_bytes) {
  for (int index = 0; index < blocks; ++index) {
    std::vector<std::byte> memory(static_cast<std::size_t>(shared_bytes));
    std::barrier<> barrier(threads);
    std::vector<std::jthread> running;
    for (int thread = 0; thread < threads; ++thread) {
      running.emplace_back([&, thread] {
        EmulatedBlock block(index, blocks, thread, threads, &barrier, memory.data());
        body(block);
      });
    }
  }
}

}  // namespace sam6d::test
