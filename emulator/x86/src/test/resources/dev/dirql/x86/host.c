/*
 * Executes machine code on the host processor, on a state given by standard input, and answers with
 * the state afterwards on standard output. A case begins and ends in a signal handler: the handler
 * of the ud2 in main puts the case's registers into the context it returns to; the handler of the
 * trap that ends the case takes them out again and puts main's back.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>
#include <asm/prctl.h>

#define CODE 0x10000000UL
#define CODE_OFFSET 0x800
#define DATA 0x20000000UL
#define PAGE 4096

struct state {
    uint64_t registers[16];
    uint64_t rip;
    uint64_t rflags;
    uint64_t signal;
    uint64_t code_length;
    uint8_t code[64];
    uint64_t xmm[32];
    uint8_t memory[PAGE];
};

/* Register numbers of the encodings, in the order of ucontext. */
static const int order[16] = {
    REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
    REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

static struct state state;
static gregset_t main_registers;
static volatile int running;

static void handle(int number, siginfo_t *information, void *context_pointer)
{
    ucontext_t *context = context_pointer;
    greg_t *registers = context->uc_mcontext.gregs;
    (void)information;
    if (!running) {
        memcpy(main_registers, registers, sizeof(gregset_t));
        main_registers[REG_RIP] += 2;
        for (int i = 0; i < 16; i++)
            registers[order[i]] = state.registers[i];
        registers[REG_RIP] = CODE + CODE_OFFSET;
        registers[REG_EFL] = state.rflags;
        memcpy(context->uc_mcontext.fpregs->_xmm, state.xmm, sizeof state.xmm);
        running = 1;
        return;
    }
    running = 0;
    for (int i = 0; i < 16; i++)
        state.registers[i] = registers[order[i]];
    state.rip = registers[REG_RIP];
    state.rflags = registers[REG_EFL];
    state.signal = number;
    memcpy(state.xmm, context->uc_mcontext.fpregs->_xmm, sizeof state.xmm);
    memcpy(registers, main_registers, sizeof(gregset_t));
}

static void *map(unsigned long address, int protection)
{
    void *page = mmap((void *)address, PAGE, protection,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (page != (void *)address)
        exit(2);
    return page;
}

static int read_all(void *target, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t count = read(0, (char *)target + done, size - done);
        if (count <= 0)
            return 0;
        done += count;
    }
    return 1;
}

static void write_all(const void *source, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t count = write(1, (const char *)source + done, size - done);
        if (count <= 0)
            exit(3);
        done += count;
    }
}

int main(void)
{
    static char stack[1 << 16];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    static const int signals[] = {SIGILL, SIGTRAP, SIGFPE, SIGSEGV, SIGBUS};
    uint8_t *code = map(CODE, PROT_READ | PROT_WRITE | PROT_EXEC);
    uint8_t *data = map(DATA, PROT_READ | PROT_WRITE);

    sigaltstack(&alternate, NULL);
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    syscall(SYS_arch_prctl, ARCH_SET_GS, DATA);
    while (read_all(&state, sizeof state)) {
        memset(code, 0xCC, PAGE);
        memcpy(code + CODE_OFFSET, state.code, state.code_length);
        memcpy(data, state.memory, PAGE);
        __asm__ volatile("ud2" ::: "memory", "cc");
        memcpy(state.memory, data, PAGE);
        write_all(&state, sizeof state);
    }
    return 0;
}
