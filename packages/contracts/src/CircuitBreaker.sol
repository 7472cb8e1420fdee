// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ICircuitBreaker} from "./interfaces/ICircuitBreaker.sol";
import {PPM} from "./types/Units.sol";

/// @title Limits on how much of an asset leaves the system in a window of time
/// @notice Per asset, one window follows another. The first report of a window measures what the protected contracts
/// hold; withdrawals of that window may then take a fixed part of it, or a fixed minimum if that is more. What an
/// account brought in during the window it may take out again unmetered, so that borrowed money that comes and goes
/// uses nothing up (T29). What came in never adds to what others may take.
/// @dev In every window, of every asset, where every change of a hedge may be blocked:
///
///     withdrawn beyond own credit + max(0, net outflow of hedges beyond own credit) <= allowance
///
/// Hedges are netted with hedges only: base that a hedge bought lets a hedge sell it again, and lets nobody withdraw
/// more. What they do not net to spends the credit of who bears it. Hedges of reducing trades count and never block, so they alone can push the left side beyond the right; then
/// withdrawals and increasing hedges wait for the next window, or for hedges that bring the asset back.
///
/// Windows do not slide: an allowance may be used up at the end of one and the next at its beginning. The breaker holds
/// nothing, moves nothing, and is asked by the contracts that do; an asset without a limit costs them one storage read.
///
/// Amounts are in the asset's own decimals and stop counting at 2^111 - 1 units, always on the strict side. Times are
/// packed into 32 bits, good until 2106.
contract CircuitBreaker is ICircuitBreaker, Ownable2Step {
    /// @notice What an asset is limited to.
    struct Limit {
        /// @dev Seconds; from {MIN_WINDOW} to {MAX_WINDOW}.
        uint24 window;
        /// @dev Part of what is held when the window begins, ppm; at most 1e6.
        uint24 maxOutflow;
        /// @dev May leave in every window, however little is held. The asset's own decimals.
        uint96 minimum;
    }

    /// @dev The word that every report reads and most write. All zero: the asset has no limit.
    struct Meter {
        /// @dev Seconds; the window is over when this moment has come.
        uint32 windowEnd;
        /// @dev Allowance less what has been withdrawn beyond credit. Negative after a guardian has lowered the limit
        /// below what had left already.
        int112 left;
        /// @dev Net flow of hedges in the window: what came in (> 0) or went out (< 0).
        int112 hedge;
    }

    /// @dev The word that is needed when a window opens or its limit changes.
    struct Terms {
        uint24 window;
        uint24 maxOutflow;
        uint96 minimum;
        /// @dev What the holders held when the window opened.
        uint112 held;
    }

    struct Asset {
        Meter meter;
        Terms terms;
        /// @dev End of the last window of a limit that has been removed: no later window may end with it, because credit
        /// is known by the end of its window.
        uint32 retiredEnd;
        address[] holders;
    }

    /// @dev What an account has brought in and not taken out, during the window that ends at `windowEnd`.
    struct Credit {
        uint32 windowEnd;
        uint224 amount;
    }

    event GuardianSet(address indexed guardian);
    event ProtectedSet(address indexed account, bool isProtected);
    event HoldersSet(address indexed asset, address[] holders);
    event LimitSet(address indexed asset, uint24 window, uint24 maxOutflow, uint96 minimum);
    event LimitLowered(address indexed asset, address indexed by, uint24 maxOutflow, uint96 minimum);
    event LimitRemoved(address indexed asset);
    event MeterReset(address indexed asset);
    /// @param held what the holders held, the asset's own decimals
    /// @param allowance what may leave before `windowEnd`, the asset's own decimals
    event WindowOpened(address indexed asset, uint256 held, uint256 allowance, uint256 windowEnd);

    error NotProtected(address caller);
    error NotGuardian(address caller, address guardian);
    /// @notice Without an owner nobody could loosen what a guardian has tightened.
    error OwnerRequired(address owner);
    error UnknownLimit(address asset);
    /// @notice Seconds.
    error WindowOutOfRange(uint256 window, uint256 minWindow, uint256 maxWindow);
    /// @notice Parts per million.
    error LimitOutOfRange(uint256 maxOutflow, uint256 highestMaxOutflow);
    /// @notice A guardian may lower, and leave as it is, but not raise.
    error LimitNotLower(uint256 maxOutflow, uint256 maxOutflowNow, uint256 minimum, uint256 minimumNow);
    /// @notice A limit needs somebody whose holdings it is a part of.
    error NoHolders(address asset);
    error TooManyHolders(uint256 count, uint256 maxCount);
    error DuplicateHolder(address holder);

    uint256 public constant MIN_WINDOW = 1 minutes;
    uint256 public constant MAX_WINDOW = 30 days;
    /// @notice Longest list of holders of one asset: it bounds what the first report of a window pays.
    uint256 public constant MAX_HOLDERS = 8;

    /// @dev What one reading of a balance may cost. A token cannot make a report fail by burning gas; and a caller cannot
    /// make a reading fail by sending too little gas, because a call that runs out of its 63/64 of less than this leaves
    /// less than 1,600, which does not pay for storing the window.
    uint256 private constant BALANCE_GAS = 100_000;
    /// @dev 2^111 - 1: where amounts stop counting, so that sums of two fit the words above.
    uint256 private constant MAX_AMOUNT = uint256(uint112(type(int112).max));

    /// @notice May lower limits at once. Zero: the owner alone may.
    address public guardian;
    /// @notice Whether the contract may report flows.
    mapping(address account => bool) public isProtected;
    mapping(address asset => Asset) private _assets;
    mapping(address asset => mapping(address account => Credit)) private _credits;

    /// @param owner_ sets limits, who reports and who holds
    /// @param guardian_ lowers limits; may be zero
    constructor(address owner_, address guardian_) Ownable(owner_) {
        guardian = guardian_;
        emit GuardianSet(guardian_);
    }

    modifier onlyGuardian() {
        if (msg.sender != guardian && msg.sender != owner()) revert NotGuardian(msg.sender, guardian);
        _;
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Names who may lower limits; zero for nobody but the owner.
    function setGuardian(address newGuardian) external onlyOwner {
        guardian = newGuardian;
        emit GuardianSet(newGuardian);
    }

    /// @notice Allows a contract to report flows, or no longer.
    /// @dev A contract that still reports and is no longer allowed to cannot move assets that have a limit, in or out.
    /// As a holder it counts for nothing.
    function setProtected(address account, bool isProtected_) external onlyOwner {
        isProtected[account] = isProtected_;
        emit ProtectedSet(account, isProtected_);
    }

    /// @notice Names the protected contracts whose balances of `asset` make up what it is limited by, from the next
    /// window on.
    /// @dev Reverts `TooManyHolders`, `NotProtected`, `DuplicateHolder`, and `NoHolders` while the asset has a limit.
    function setHolders(address asset, address[] calldata holders) external onlyOwner {
        if (holders.length > MAX_HOLDERS) revert TooManyHolders(holders.length, MAX_HOLDERS);
        Asset storage stored = _assets[asset];
        if (holders.length == 0 && stored.meter.windowEnd != 0) revert NoHolders(asset);
        for (uint256 i = 0; i < holders.length; ++i) {
            if (!isProtected[holders[i]]) revert NotProtected(holders[i]);
            for (uint256 j = 0; j < i; ++j) {
                if (holders[j] == holders[i]) revert DuplicateHolder(holders[i]);
            }
        }
        stored.holders = holders;
        emit HoldersSet(asset, holders);
    }

    /// @notice Limits an asset, or changes its limit.
    /// @dev A window that is running keeps its end, its measure, what has been taken and everybody's credit; the new part
    /// and minimum hold in it at once, the new length from the next. The first window of an asset begins with the next
    /// second, so that money that is borrowed around this call is neither measured nor metered.
    ///
    /// Reverts `LimitOutOfRange`, `NoHolders`, `WindowOutOfRange`; the latter also, after a removal, for a window so short
    /// that it could end with the last one before the removal.
    function setLimit(address asset, Limit calldata limit) external onlyOwner {
        if (limit.maxOutflow > PPM) revert LimitOutOfRange(limit.maxOutflow, PPM);
        Asset storage stored = _assets[asset];
        if (stored.holders.length == 0) revert NoHolders(asset);
        uint256 minWindow = MIN_WINDOW;
        bool isNew = stored.meter.windowEnd == 0;
        // Windows of a new limit begin after this second, hence end after this second and a window.
        if (isNew && stored.retiredEnd > block.timestamp + minWindow) minWindow = stored.retiredEnd - block.timestamp;
        if (limit.window < minWindow || limit.window > MAX_WINDOW) {
            revert WindowOutOfRange(limit.window, minWindow, MAX_WINDOW);
        }

        if (isNew) {
            // Fits by its definition.
            // forge-lint: disable-next-line(unsafe-typecast)
            Terms memory terms = Terms(limit.window, limit.maxOutflow, limit.minimum, uint112(MAX_AMOUNT));
            stored.terms = terms;
            // Until 2106; at most MAX_AMOUNT.
            // forge-lint: disable-next-line(unsafe-typecast)
            stored.meter = Meter(uint32(block.timestamp + 1), int112(uint112(_allowance(terms))), 0);
        } else {
            stored.terms.window = limit.window;
            _changeAllowance(stored, limit.maxOutflow, limit.minimum);
        }
        emit LimitSet(asset, limit.window, limit.maxOutflow, limit.minimum);
    }

    /// @notice Ends the metering of an asset.
    /// @dev Its holders stay. Reverts `UnknownLimit`.
    function removeLimit(address asset) external onlyOwner {
        Asset storage stored = _limited(asset);
        // The later one: a removal in the second of {setLimit} retires a window that ends before the last real one.
        if (stored.meter.windowEnd > stored.retiredEnd) stored.retiredEnd = stored.meter.windowEnd;
        delete stored.meter;
        delete stored.terms;
        emit LimitRemoved(asset);
    }

    /// @notice Forgets what has left in the running window: its whole allowance is there again until its end.
    /// @dev Does not measure again: whoever executes this call could have brought in something just for that. Reverts
    /// `UnknownLimit`.
    function resetMeter(address asset) external onlyOwner {
        Asset storage stored = _limited(asset);
        // At most MAX_AMOUNT.
        // forge-lint: disable-next-line(unsafe-typecast)
        stored.meter.left = int112(uint112(_allowance(stored.terms)));
        stored.meter.hedge = 0;
        emit MeterReset(asset);
    }

    /// @notice Not possible: reverts `OwnerRequired`.
    function renounceOwnership() public view override onlyOwner {
        revert OwnerRequired(owner());
    }

    // ------------------------------------------------------------------------------------------------- guardian ----

    /// @notice Lowers the limit of an asset at once, in the running window too, down to nothing if need be.
    /// @dev Guardian or owner. Nothing but the owner's {setLimit} raises it again; the owner can also replace the guardian.
    /// What an account brought in during the window it may take out even then. Reverts `NotGuardian`, `UnknownLimit`,
    /// `LimitNotLower`.
    /// @param maxOutflow ppm of what is held when the window begins
    /// @param minimum may leave in every window, in the asset's own decimals
    function lowerLimit(address asset, uint24 maxOutflow, uint96 minimum) external onlyGuardian {
        Asset storage stored = _limited(asset);
        Terms memory terms = stored.terms;
        if (maxOutflow > terms.maxOutflow || minimum > terms.minimum) {
            revert LimitNotLower(maxOutflow, terms.maxOutflow, minimum, terms.minimum);
        }
        _changeAllowance(stored, maxOutflow, minimum);
        emit LimitLowered(asset, msg.sender, maxOutflow, minimum);
    }

    // -------------------------------------------------------------------------------------------------- reports ----

    /// @inheritdoc ICircuitBreaker
    /// @dev Report no more than arrives. Who learns the amount only from what arrived reports zero before, which opens the
    /// window, and the amount after. Credit stops counting at 2^224 - 1. Returns at once for an asset without a limit,
    /// else reverts `NotProtected` and nothing else.
    function recordInflow(address asset, address account, uint256 amount) external {
        (, Meter memory meter) = _currentMeter(asset);
        if (meter.windowEnd == 0 || amount == 0) return;
        Credit storage stored = _credits[asset][account];
        uint256 credit = _usableCredit(stored, meter.windowEnd);
        credit = amount > type(uint224).max - credit ? type(uint224).max : credit + amount;
        // Saturated just here.
        // forge-lint: disable-next-line(unsafe-typecast)
        (stored.windowEnd, stored.amount) = (meter.windowEnd, uint224(credit));
    }

    /// @inheritdoc ICircuitBreaker
    /// @dev Spends the account's credit first, and meters the rest. Returns at once for an asset without a limit, else
    /// reverts `NotProtected`, or `OutflowLimitExceeded` with everything as it was.
    function recordOutflow(address asset, address account, uint256 amount) external {
        (Asset storage stored, Meter memory meter) = _currentMeter(asset);
        if (meter.windowEnd == 0) return;

        amount -= _spendCredit(asset, account, amount, meter.windowEnd);
        if (amount == 0) return;

        uint256 available_ = _available(meter);
        if (amount > available_) revert OutflowLimitExceeded(asset, amount, available_, meter.windowEnd);
        // Not more than what is left, a positive int112.
        // forge-lint: disable-next-line(unsafe-typecast)
        stored.meter.left = meter.left - int112(uint112(amount));
    }

    /// @inheritdoc ICircuitBreaker
    /// @dev What hedges have brought in before pays first, then the account's credit: whoever is at a loss by a hedge has that
    /// much less to take out (T29). The rest is metered. Gains give nobody credit.
    ///
    /// Who learns the amount only from the swap reports zero before, which opens the window, and the amount after;
    /// without the former the first swap of a window is measured as if it had come before it. Returns at once for an asset
    /// without a limit, else reverts `NotProtected`, or, for an outflow that may be blocked, `OutflowLimitExceeded` with
    /// everything as it was.
    function recordHedge(address asset, address account, int256 change, bool canBlock) external {
        (Asset storage stored, Meter memory meter) = _currentMeter(asset);
        if (meter.windowEnd == 0 || change == 0) return;

        // Far beyond what is stored and far from overflow.
        int256 bounded = change < type(int224).min ? int256(type(int224).min) : change;
        if (bounded > type(int224).max) bounded = type(int224).max;
        int256 hedge = meter.hedge + bounded;
        if (change < 0 && hedge < 0) {
            // All are negative.
            // forge-lint: disable-start(unsafe-typecast)
            uint256 metered = uint256(meter.hedge < 0 ? -bounded : -hedge);
            uint256 spent = _spendCredit(asset, account, metered, meter.windowEnd);
            hedge += int256(spent);
            // forge-lint: disable-end(unsafe-typecast)
            if (canBlock && spent != metered && -hedge > meter.left) {
                revert OutflowLimitExceeded(asset, metered - spent, _available(meter), meter.windowEnd);
            }
        }
        if (hedge > type(int112).max) hedge = type(int112).max;
        if (hedge < -type(int112).max) hedge = -type(int112).max;
        // Saturated just here.
        // forge-lint: disable-next-line(unsafe-typecast)
        stored.meter.hedge = int112(hedge);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @notice What may leave beyond credit, and when the next window begins. When no window is running: what one that
    /// began now would allow, and when it would end.
    /// @return amount the asset's own decimals, down; the largest uint256 for an asset without a limit
    /// @return availableAt seconds; zero for an asset without a limit
    function available(address asset) public view returns (uint256 amount, uint256 availableAt) {
        Asset storage stored = _assets[asset];
        Meter memory meter = stored.meter;
        if (meter.windowEnd == 0) return (type(uint256).max, 0);
        if (block.timestamp < meter.windowEnd) return (_available(meter), meter.windowEnd);
        Terms memory terms = stored.terms;
        terms.held = _measure(asset, stored.holders);
        return (_allowance(terms), block.timestamp + terms.window);
    }

    /// @inheritdoc ICircuitBreaker
    function availableTo(address asset, address account) external view returns (uint256 amount) {
        (amount,) = available(asset);
        return Math.saturatingAdd(amount, creditOf(asset, account));
    }

    /// @notice What the account has brought in during the running window and may take out unmetered, in the asset's own
    /// decimals.
    function creditOf(address asset, address account) public view returns (uint256) {
        uint32 windowEnd = _assets[asset].meter.windowEnd;
        if (block.timestamp >= windowEnd) return 0;
        return _usableCredit(_credits[asset][account], windowEnd);
    }

    /// @notice The limit of an asset; all zero when it has none.
    function limitOf(address asset) external view returns (Limit memory) {
        Terms memory terms = _assets[asset].terms;
        return Limit(terms.window, terms.maxOutflow, terms.minimum);
    }

    /// @notice The last window of an asset, over or not.
    /// @return windowEnd seconds; zero for an asset without a limit
    /// @return held what was held when it began, the asset's own decimals
    /// @return left allowance less what was withdrawn beyond credit; may be negative after the limit was lowered
    /// @return hedge net flow of hedges: what came in (> 0) or went out (< 0)
    function windowOf(address asset)
        external
        view
        returns (uint256 windowEnd, uint256 held, int256 left, int256 hedge)
    {
        Asset storage stored = _assets[asset];
        Meter memory meter = stored.meter;
        return (meter.windowEnd, stored.terms.held, meter.left, meter.hedge);
    }

    /// @notice Whose balances of `asset` are counted when a window begins, those that are still protected.
    function holdersOf(address asset) external view returns (address[] memory) {
        return _assets[asset].holders;
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    /// @dev The meter of the running window, which this opens if none is running. All zero for an asset without a limit.
    function _currentMeter(address asset) private returns (Asset storage stored, Meter memory meter) {
        stored = _assets[asset];
        meter = stored.meter;
        if (meter.windowEnd == 0) return (stored, meter);
        if (!isProtected[msg.sender]) revert NotProtected(msg.sender);
        if (block.timestamp < meter.windowEnd) return (stored, meter);

        Terms memory terms = stored.terms;
        terms.held = _measure(asset, stored.holders);
        uint256 allowance = _allowance(terms);
        // Until 2106; at most MAX_AMOUNT.
        // forge-lint: disable-next-line(unsafe-typecast)
        meter = Meter(uint32(block.timestamp + terms.window), int112(uint112(allowance)), 0);
        stored.meter = meter;
        stored.terms.held = terms.held;
        emit WindowOpened(asset, terms.held, allowance, meter.windowEnd);
    }

    /// @dev Sum of the holders' balances, at most MAX_AMOUNT. A balance that cannot be read counts as zero: less may leave,
    /// and nothing is stopped from coming in.
    function _measure(address asset, address[] storage holders) private view returns (uint112) {
        uint256 total;
        uint256 count = holders.length;
        for (uint256 i = 0; i < count; ++i) {
            address holder = holders[i];
            if (isProtected[holder]) total = Math.saturatingAdd(total, _balanceOf(asset, holder));
        }
        // At most MAX_AMOUNT.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint112(Math.min(total, MAX_AMOUNT));
    }

    /// @dev `try` would not do: it reverts when the answer is too short or there is no code.
    function _balanceOf(address asset, address holder) private view returns (uint256) {
        (bool success, bytes memory answer) =
            asset.staticcall{gas: BALANCE_GAS}(abi.encodeCall(IERC20.balanceOf, (holder)));
        return success && answer.length >= 32 ? abi.decode(answer, (uint256)) : 0;
    }

    /// @dev What may leave in a window of these terms, down. At most MAX_AMOUNT.
    function _allowance(Terms memory terms) private pure returns (uint256) {
        return Math.max(uint256(terms.held) * terms.maxOutflow / PPM, terms.minimum);
    }

    /// @dev What has been taken stays taken.
    function _changeAllowance(Asset storage stored, uint24 maxOutflow, uint96 minimum) private {
        Terms memory terms = stored.terms;
        uint256 allowanceBefore = _allowance(terms);
        (terms.maxOutflow, terms.minimum) = (maxOutflow, minimum);
        // At most MAX_AMOUNT each, and what is left is the one less what has been taken, which is not more than the
        // largest allowance that the window had.
        // forge-lint: disable-next-line(unsafe-typecast)
        stored.meter.left += int112(int256(_allowance(terms)) - int256(allowanceBefore));
        (stored.terms.maxOutflow, stored.terms.minimum) = (maxOutflow, minimum);
    }

    function _limited(address asset) private view returns (Asset storage stored) {
        stored = _assets[asset];
        if (stored.meter.windowEnd == 0) revert UnknownLimit(asset);
    }

    /// @dev Takes up to `amount` off the account's credit, and says how much.
    function _spendCredit(address asset, address account, uint256 amount, uint32 windowEnd)
        private
        returns (uint256 spent)
    {
        Credit storage stored = _credits[asset][account];
        uint256 credit = _usableCredit(stored, windowEnd);
        if (credit == 0) return 0;
        spent = Math.min(credit, amount);
        // Less than before.
        // forge-lint: disable-next-line(unsafe-typecast)
        stored.amount = uint224(credit - spent);
    }

    function _usableCredit(Credit storage stored, uint32 windowEnd) private view returns (uint256) {
        // Which window it is, not a time to be hit.
        // slither-disable-next-line incorrect-equality
        return stored.windowEnd == windowEnd ? stored.amount : 0;
    }

    /// @dev What may still leave in the window of this meter.
    function _available(Meter memory meter) private pure returns (uint256) {
        int256 left = meter.left;
        if (meter.hedge < 0) left += meter.hedge;
        // Positive, by the comparison.
        // forge-lint: disable-next-line(unsafe-typecast)
        return left > 0 ? uint256(left) : 0;
    }
}
