#include "screen/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static struct {
    volatile sig_atomic_t open, resized, continued;
    int terminal, wake[2];
    struct termios shell;
    bool have_shell;
    char restore[256];
    size_t restore_length;
} live = {.wake = {-1, -1}};

static const int fatal_signals[] = {SIGINT,  SIGTERM, SIGHUP, SIGQUIT, SIGSEGV,
                                    SIGABRT, SIGBUS,  SIGFPE, SIGILL};

void signals_write(const char *bytes, size_t length)
{
    while (length) {
        ssize_t n = write(live.terminal, bytes, length);
        if (n <= 0)
            return;
        bytes += n;
        length -= (size_t)n;
    }
}

static void restore_now(void)
{
    signals_write(live.restore, live.restore_length);
    if (live.have_shell)
        tcsetattr(live.terminal, TCSANOW, &live.shell);
}

void signals_restore(void)
{
    if (live.open)
        restore_now();
    live.open = 0;
}

static void wake_up(void)
{
    int saved = errno;
    ssize_t ignored = write(live.wake[1], "", 1);
    (void)ignored;
    errno = saved;
}

static void install(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

static void on_fatal(int number)
{
    signals_restore();
    install(number, SIG_DFL);
    raise(number);
}

static void on_resize(int number)
{
    (void)number;
    live.resized = 1;
    wake_up();
}

/* Stops like any program, with the shell's terminal, and comes back to a full repaint. */
static void on_stop(int number)
{
    int saved = errno;
    restore_now();
    sigset_t only, before;
    sigemptyset(&only);
    sigaddset(&only, number);
    install(number, SIG_DFL);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &only, &before); /* stops here until SIGCONT */
    sigprocmask(SIG_SETMASK, &before, NULL);
    install(number, on_stop);
    live.continued = 1;
    wake_up();
    errno = saved;
}

int signals_open(int terminal, struct error *e)
{
    if (pipe(live.wake) < 0)
        return error_set(e, "terminal: no pipe: %s", strerror(errno));
    for (int i = 0; i < 2; i++) {
        fcntl(live.wake[i], F_SETFL, O_NONBLOCK);
        fcntl(live.wake[i], F_SETFD, FD_CLOEXEC);
    }
    live.terminal = terminal;
    live.have_shell = tcgetattr(terminal, &live.shell) == 0;
    return 0;
}

void signals_close(void)
{
    for (int i = 0; i < 2; i++) {
        if (live.wake[i] >= 0)
            close(live.wake[i]);
        live.wake[i] = -1;
    }
}

static void install_all(void (*die)(int), void (*stop)(int), void (*resize)(int))
{
    for (size_t i = 0; i < sizeof fatal_signals / sizeof *fatal_signals; i++)
        install(fatal_signals[i], die);
    install(SIGTSTP, stop);
    install(SIGWINCH, resize);
}

void signals_install(const char *restore, size_t length)
{
    live.restore_length = length < sizeof live.restore ? length : sizeof live.restore;
    memcpy(live.restore, restore, live.restore_length);
    live.open = 1;
    install_all(on_fatal, on_stop, on_resize);
}

void signals_remove(void)
{
    live.open = 0;
    install_all(SIG_DFL, SIG_DFL, SIG_DFL);
}

enum signal_news signals_news(void)
{
    char bytes[64];
    while (read(live.wake[0], bytes, sizeof bytes) > 0)
        continue;
    enum signal_news news = live.continued ? SIGNAL_CONTINUED
                            : live.resized ? SIGNAL_RESIZED
                                           : SIGNAL_NOTHING;
    live.continued = live.resized = 0;
    return news;
}

int signals_descriptor(void)
{
    return live.wake[0];
}
