// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {ICircuitBreaker} from "./interfaces/ICircuitBreaker.sol";
import {Cast} from "./types/Cast.sol";
import {PPM} from "./types/Units.sol";

/// @title Limits the outflow of an asset from the system in each time window
/// @notice Each asset has consecutive windows. The first report of a window measures the balances of the protected
/// contracts. Withdrawals during the window may then take a fixed ratio of that measure, or a fixed minimum if that is
/// more. An account gets a credit for its inflow during the window and can withdraw the credit unmetered, so borrowed
/// money that is deposited and withdrawn uses no allowance (T29). The inflow of one account never raises the allowance
/// of others.
/// @dev In every window of every asset, when all hedges can be blocked:
///
///     withdrawn beyond own credit + max(0, net outflow of hedges beyond own credit) <= allowance
///
/// Hedges are netted with hedges only: base that a hedge bought can be sold by a later hedge, and does not raise the
/// allowance of withdrawals. The net outflow of hedges first spends the credit of the account that bears it. Hedges of
/// reducing trades count and are never blocked, so only they can make the left side exceed the right side. Withdrawals
/// and increasing hedges then revert until the next window, or until hedges bring the asset back.
///
/// Windows do not slide: an allowance can be used at the end of one window and the next one at its start. The breaker
/// holds and moves no assets; the contracts that do so call it. An asset without a limit costs them one storage read.
///
/// Amounts are in the decimals of the asset and saturate at 2^111 - 1, always on the strict side. Times are packed into
/// 32 bits, which last until 2106.
contract CircuitBreaker is ICircuitBreaker, Ownable2Step {
    using SafeCast for int256;
    using SafeCast for uint256;

    /// @notice Limit of an asset.
    struct Limit {
        /// @dev Length of a window, seconds; from {MIN_WINDOW} to {MAX_WINDOW}.
        uint24 window;
        /// @dev Part of the measured balances that may leave in a window, ppm; at most 1e6.
        uint24 maxOutflow;
        /// @dev Amount that may leave in a window even if the ratio yields less, in the decimals of the asset.
        uint96 minimum;
    }

    /// @dev Storage word that every report reads and most reports write. All zero: the asset has no limit.
    struct Meter {
        /// @dev End of the window, seconds. The window is over at this time.
        uint32 windowEnd;
        /// @dev Allowance minus withdrawals beyond credit. Negative if the guardian lowered the limit below the amount
        /// that was already withdrawn.
        int112 left;
        /// @dev Net flow of hedges in the window: inflow (> 0) or outflow (< 0).
        int112 hedge;
    }

    /// @dev Storage word that is read when a window opens or its limit changes.
    struct Terms {
        uint24 window;
        uint24 maxOutflow;
        uint96 minimum;
        /// @dev Balances of the holders when the window opened.
        uint112 held;
    }

    struct Asset {
        Meter meter;
        Terms terms;
        /// @dev End of the last window of a removed limit. No later window may end at the same time, because the end of
        /// a window identifies the credits of that window.
        uint32 retiredEnd;
        address[] holders;
    }

    /// @dev Inflow of an account minus its withdrawals, during the window that ends at `windowEnd`.
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
    /// @param held balances of the holders, in the decimals of the asset
    /// @param allowance amount that may leave before `windowEnd`, in the decimals of the asset
    event WindowOpened(address indexed asset, uint256 held, uint256 allowance, uint256 windowEnd);

    error NotProtected(address caller);
    error NotGuardian(address caller, address guardian);
    /// @notice The breaker needs an owner, because only the owner can raise a limit that a guardian has lowered.
    error OwnerRequired(address owner);
    error UnknownLimit(address asset);
    /// @notice Seconds.
    error WindowOutOfRange(uint256 window, uint256 minWindow, uint256 maxWindow);
    /// @notice Parts per million.
    error LimitOutOfRange(uint256 maxOutflow, uint256 highestMaxOutflow);
    /// @notice A guardian can lower each part of a limit or keep it, but cannot raise it.
    error LimitNotLower(uint256 maxOutflow, uint256 maxOutflowNow, uint256 minimum, uint256 minimumNow);
    /// @notice A limit needs at least one holder, because it is a ratio of the holders' balances.
    error NoHolders(address asset);
    error TooManyHolders(uint256 count, uint256 maxCount);
    error DuplicateHolder(address holder);

    uint256 public constant MIN_WINDOW = 1 minutes;
    uint256 public constant MAX_WINDOW = 30 days;
    /// @notice Maximum number of holders of an asset. Bounds the gas of the first report of a window.
    uint256 public constant MAX_HOLDERS = 8;

    /// @dev Gas limit of one balance read. A token cannot make a report fail by consuming gas. A caller cannot make a
    /// read fail by supplying too little gas: if the read gets less than this limit and runs out of gas, less than
    /// 1,600 gas remain, which is not enough to store the window, so the report reverts.
    uint256 private constant BALANCE_GAS = 100_000;
    /// @dev Amounts saturate at 2^111 - 1, the largest int112.
    uint112 private constant MAX_AMOUNT = 2 ** 111 - 1;

    /// @notice Account that can lower limits at once, besides the owner. Zero: only the owner can.
    address public guardian;
    /// @notice Whether the contract can report flows.
    mapping(address account => bool) public isProtected;
    mapping(address asset => Asset) private _assets;
    mapping(address asset => mapping(address account => Credit)) private _credits;

    /// @param owner_ sets limits, protected contracts and holders
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

    /// @notice Sets the guardian. Zero: only the owner can lower limits.
    function setGuardian(address newGuardian) external onlyOwner {
        guardian = newGuardian;
        emit GuardianSet(newGuardian);
    }

    /// @notice Adds a contract to the protected contracts, which report flows, or removes it.
    /// @dev Reports of a removed contract revert for assets with a limit, so it can move these assets neither in nor
    /// out. Its balance as a holder counts as zero.
    function setProtected(address account, bool isProtected_) external onlyOwner {
        isProtected[account] = isProtected_;
        emit ProtectedSet(account, isProtected_);
    }

    /// @notice Sets the holders of an asset: the protected contracts whose balances are measured, from the next window
    /// on.
    /// @dev Reverts with TooManyHolders, NotProtected or DuplicateHolder, and with NoHolders for an empty list while
    /// the asset has a limit.
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

    /// @notice Sets or changes the limit of an asset.
    /// @dev The current window keeps its end, its measure, its withdrawals and all credits. The new ratio and minimum
    /// apply to it at once, the new length from the next window on. The first window of an asset begins with the next
    /// second, so money that is borrowed around this call is neither measured nor metered.
    ///
    /// Reverts with LimitOutOfRange, NoHolders or WindowOutOfRange. After a removal the latter includes windows that
    /// are so short that one could end together with the last window before the removal.
    function setLimit(address asset, Limit calldata limit) external onlyOwner {
        if (limit.maxOutflow > PPM) revert LimitOutOfRange(limit.maxOutflow, PPM);
        Asset storage stored = _assets[asset];
        if (stored.holders.length == 0) revert NoHolders(asset);
        uint256 minWindow = MIN_WINDOW;
        bool isNew = stored.meter.windowEnd == 0;
        // The windows of a new limit begin after this second, so each of them ends later than now plus its length.
        if (isNew && stored.retiredEnd > block.timestamp + minWindow) minWindow = stored.retiredEnd - block.timestamp;
        if (limit.window < minWindow || limit.window > MAX_WINDOW) {
            revert WindowOutOfRange(limit.window, minWindow, MAX_WINDOW);
        }

        if (isNew) {
            Terms memory terms = Terms(limit.window, limit.maxOutflow, limit.minimum, MAX_AMOUNT);
            stored.terms = terms;
            stored.meter = Meter((block.timestamp + 1).toUint32(), _allowance(terms).toInt256().toInt112(), 0);
        } else {
            stored.terms.window = limit.window;
            _changeAllowance(stored, limit.maxOutflow, limit.minimum);
        }
        emit LimitSet(asset, limit.window, limit.maxOutflow, limit.minimum);
    }

    /// @notice Removes the limit of an asset and keeps its holders.
    /// @dev Reverts with UnknownLimit.
    function removeLimit(address asset) external onlyOwner {
        Asset storage stored = _limitedAsset(asset);
        // Keeps the later end: a removal in the second of {setLimit} ends a window that is over before the last real
        // one.
        if (stored.meter.windowEnd > stored.retiredEnd) stored.retiredEnd = stored.meter.windowEnd;
        delete stored.meter;
        delete stored.terms;
        emit LimitRemoved(asset);
    }

    /// @notice Resets the outflow of the current window, so that its whole allowance is available again until its end.
    /// @dev Does not measure the balances again, because the account that executes this call could deposit assets just
    /// for that. Reverts with UnknownLimit.
    function resetMeter(address asset) external onlyOwner {
        Asset storage stored = _limitedAsset(asset);
        stored.meter.left = _allowance(stored.terms).toInt256().toInt112();
        stored.meter.hedge = 0;
        emit MeterReset(asset);
    }

    /// @notice Always reverts with OwnerRequired.
    function renounceOwnership() public view override onlyOwner {
        revert OwnerRequired(owner());
    }

    // ------------------------------------------------------------------------------------------------- guardian ----

    /// @notice Lowers the limit of an asset, down to zero. Takes effect at once, also in the current window.
    /// @dev Guardian or owner only. Only the owner can raise the limit again, with {setLimit}, and can replace the
    /// guardian. Accounts can still withdraw their credits. Reverts with NotGuardian, UnknownLimit or LimitNotLower.
    /// @param maxOutflow ratio of the measured balances, ppm
    /// @param minimum amount that may leave in a window in any case, in the decimals of the asset
    function lowerLimit(address asset, uint24 maxOutflow, uint96 minimum) external onlyGuardian {
        Asset storage stored = _limitedAsset(asset);
        Terms memory terms = stored.terms;
        if (maxOutflow > terms.maxOutflow || minimum > terms.minimum) {
            revert LimitNotLower(maxOutflow, terms.maxOutflow, minimum, terms.minimum);
        }
        _changeAllowance(stored, maxOutflow, minimum);
        emit LimitLowered(asset, msg.sender, maxOutflow, minimum);
    }

    // -------------------------------------------------------------------------------------------------- reports ----

    /// @inheritdoc ICircuitBreaker
    /// @dev The caller must not report more than arrives. A caller that measures the amount on arrival reports zero
    /// before the transfer, which opens the window, and the amount after it. Credits saturate at 2^224 - 1. Returns at
    /// once for an asset without a limit. Otherwise NotProtected is the only revert.
    function recordInflow(address asset, address account, uint256 amount) external {
        (, Meter memory meter) = _currentMeter(asset);
        if (meter.windowEnd == 0 || amount == 0) return;
        Credit storage stored = _credits[asset][account];
        uint256 credit = _usableCredit(stored, meter.windowEnd);
        credit = amount > type(uint224).max - credit ? type(uint224).max : credit + amount;
        (stored.windowEnd, stored.amount) = (meter.windowEnd, credit.toUint224());
    }

    /// @inheritdoc ICircuitBreaker
    /// @dev Spends the account's credit first and meters the rest. Returns at once for an asset without a limit.
    /// Otherwise reverts with NotProtected or OutflowLimitExceeded.
    function recordOutflow(address asset, address account, uint256 amount) external {
        (Asset storage stored, Meter memory meter) = _currentMeter(asset);
        if (meter.windowEnd == 0) return;

        amount -= _spendCredit(asset, account, amount, meter.windowEnd);
        if (amount == 0) return;

        uint256 available_ = _available(meter);
        if (amount > available_) revert OutflowLimitExceeded(asset, amount, available_, meter.windowEnd);
        stored.meter.left = (meter.left - amount.toInt256()).toInt112();
    }

    /// @inheritdoc ICircuitBreaker
    /// @dev An outflow first uses the earlier net inflow of hedges, then the account's credit, so an account that loses
    /// by a hedge can withdraw that much less (T29). The rest is metered. An inflow gives no account credit.
    ///
    /// A caller that learns the amount from the swap reports zero before the swap, which opens the window, and the
    /// amount after it. Without the first report, the first swap of a window would change the balances before they are
    /// measured. Returns at once for an asset without a limit. Otherwise reverts with NotProtected or, if `canBlock`,
    /// with OutflowLimitExceeded.
    function recordHedge(address asset, address account, int256 change, bool canBlock) external {
        (Asset storage stored, Meter memory meter) = _currentMeter(asset);
        if (meter.windowEnd == 0 || change == 0) return;

        // The bound is above the stored maximum and low enough that the sum below cannot overflow.
        int256 bounded = SignedMath.min(SignedMath.max(change, type(int224).min), type(int224).max);
        int256 hedge = meter.hedge + bounded;
        if (change < 0 && hedge < 0) {
            uint256 metered = SignedMath.abs(meter.hedge < 0 ? bounded : hedge);
            uint256 spent = _spendCredit(asset, account, metered, meter.windowEnd);
            hedge += spent.toInt256();
            if (canBlock && spent != metered && -hedge > meter.left) {
                revert OutflowLimitExceeded(asset, metered - spent, _available(meter), meter.windowEnd);
            }
        }
        stored.meter.hedge = SignedMath.min(SignedMath.max(hedge, -type(int112).max), type(int112).max).toInt112();
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @notice Returns the amount that may leave beyond credits, and the start of the next window. If no window is
    /// open, the allowance and the end of a window that would open now.
    /// @return amount in the decimals of the asset, rounded down; the largest uint256 for an asset without a limit
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

    /// @notice Returns the credit of an account: its inflow during the current window that it can withdraw unmetered,
    /// in the decimals of the asset.
    function creditOf(address asset, address account) public view returns (uint256) {
        uint32 windowEnd = _assets[asset].meter.windowEnd;
        if (block.timestamp >= windowEnd) return 0;
        return _usableCredit(_credits[asset][account], windowEnd);
    }

    /// @notice Returns the limit of an asset; all zero without one.
    function limitOf(address asset) external view returns (Limit memory) {
        Terms memory terms = _assets[asset].terms;
        return Limit(terms.window, terms.maxOutflow, terms.minimum);
    }

    /// @notice Returns the latest window of an asset, which may be over. Amounts in the decimals of the asset.
    /// @return windowEnd seconds; zero for an asset without a limit
    /// @return held measured balances when the window opened
    /// @return left allowance minus withdrawals beyond credit; can be negative after the limit was lowered
    /// @return hedge net flow of hedges: inflow (> 0) or outflow (< 0)
    function windowOf(address asset)
        external
        view
        returns (uint256 windowEnd, uint256 held, int256 left, int256 hedge)
    {
        Asset storage stored = _assets[asset];
        Meter memory meter = stored.meter;
        return (meter.windowEnd, stored.terms.held, meter.left, meter.hedge);
    }

    /// @notice Returns the holders of an asset. Balances of holders that are no longer protected count as zero.
    function holdersOf(address asset) external view returns (address[] memory) {
        return _assets[asset].holders;
    }

    // ------------------------------------------------------------------------------------------------- internal ----

    /// @dev Returns the meter of the current window, and opens a window if none is open. All zero for an asset without
    /// a limit.
    function _currentMeter(address asset) private returns (Asset storage stored, Meter memory meter) {
        stored = _assets[asset];
        meter = stored.meter;
        if (meter.windowEnd == 0) return (stored, meter);
        if (!isProtected[msg.sender]) revert NotProtected(msg.sender);
        if (block.timestamp < meter.windowEnd) return (stored, meter);

        Terms memory terms = stored.terms;
        terms.held = _measure(asset, stored.holders);
        uint256 allowance = _allowance(terms);
        // Past the range of uint32 the window end wraps, and each transaction opens a window. A check here would block exits.
        meter = Meter(Cast.lowUint32(block.timestamp + terms.window), allowance.toInt256().toInt112(), 0);
        stored.meter = meter;
        stored.terms.held = terms.held;
        emit WindowOpened(asset, terms.held, allowance, meter.windowEnd);
    }

    /// @dev Returns the sum of the holders' balances, at most MAX_AMOUNT. A balance that cannot be read counts as zero,
    /// which lowers the allowance and blocks no inflow.
    function _measure(address asset, address[] storage holders) private view returns (uint112) {
        uint256 total;
        uint256 count = holders.length;
        for (uint256 i = 0; i < count; ++i) {
            address holder = holders[i];
            if (isProtected[holder]) total = Math.saturatingAdd(total, _balanceOf(asset, holder));
        }
        return Math.min(total, MAX_AMOUNT).toUint112();
    }

    /// @dev Low-level call, because `try` reverts when the return data is too short or the token has no code.
    function _balanceOf(address asset, address holder) private view returns (uint256) {
        (bool success, bytes memory answer) =
            asset.staticcall{gas: BALANCE_GAS}(abi.encodeCall(IERC20.balanceOf, (holder)));
        return success && answer.length >= 32 ? abi.decode(answer, (uint256)) : 0;
    }

    /// @dev Returns the allowance of a window, rounded down. At most MAX_AMOUNT.
    function _allowance(Terms memory terms) private pure returns (uint256) {
        return Math.max(uint256(terms.held) * terms.maxOutflow / PPM, terms.minimum);
    }

    /// @dev Changes the limit and the rest of the current allowance by the same difference: earlier withdrawals still
    /// count.
    function _changeAllowance(Asset storage stored, uint24 maxOutflow, uint96 minimum) private {
        Terms memory terms = stored.terms;
        uint256 allowanceBefore = _allowance(terms);
        (terms.maxOutflow, terms.minimum) = (maxOutflow, minimum);
        // Cannot overflow: both allowances are at most MAX_AMOUNT, and the withdrawals are at most the largest
        // allowance that the window had.
        stored.meter.left += (_allowance(terms).toInt256() - allowanceBefore.toInt256()).toInt112();
        (stored.terms.maxOutflow, stored.terms.minimum) = (maxOutflow, minimum);
    }

    function _limitedAsset(address asset) private view returns (Asset storage stored) {
        stored = _assets[asset];
        if (stored.meter.windowEnd == 0) revert UnknownLimit(asset);
    }

    /// @dev Reduces the account's credit by up to `amount` and returns the reduction.
    function _spendCredit(address asset, address account, uint256 amount, uint32 windowEnd)
        private
        returns (uint256 spent)
    {
        Credit storage stored = _credits[asset][account];
        uint256 credit = _usableCredit(stored, windowEnd);
        if (credit == 0) return 0;
        spent = Math.min(credit, amount);
        stored.amount = (credit - spent).toUint224();
    }

    function _usableCredit(Credit storage stored, uint32 windowEnd) private view returns (uint256) {
        // The end identifies the window of the credit.
        return stored.windowEnd == windowEnd ? stored.amount : 0;
    }

    /// @dev Returns the amount that may still leave in the window.
    function _available(Meter memory meter) private pure returns (uint256) {
        int256 left = meter.left;
        if (meter.hedge < 0) left += meter.hedge;
        return left > 0 ? left.toUint256() : 0;
    }
}
