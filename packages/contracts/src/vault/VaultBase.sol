// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IVault} from "../interfaces/IVault.sol";
import {IVaultState} from "../interfaces/IVaultState.sol";
import {FeeMath} from "../libraries/FeeMath.sol";
import {MarginMath} from "../libraries/MarginMath.sol";
import {SystemLock} from "../libraries/SystemLock.sol";
import {Cast} from "../types/Cast.sol";
import {NotClearingHouse, ZeroAddress, ZeroAmount} from "../types/Errors.sol";
import {FeeRates, FeeState} from "../types/Fees.sol";
import {MarketScales, MarketScalesLib, PackedLedger, SCALE_UNIT} from "../types/Market.sol";
import {OperatorRecord} from "../types/OperatorRecord.sol";
import {PackedPosition, Position} from "../types/Position.sol";
import {Price, Quote, QuoteLib, ZERO_QUOTE} from "../types/Units.sol";

/// @dev EIP-712 domain of the Vault, for its code and for its module's.
string constant SIGNING_DOMAIN = "Counterpoise Vault";
string constant SIGNING_VERSION = "1";

/// @title Storage of the Vault, and the credits and debits that its parts share
abstract contract VaultBase is IVaultState {
    using SafeCast for *;
    using SafeERC20 for IERC20;

    /// @dev A maker's part in the capacity sums of its market, WAD base, in whole {SCALE_UNIT}.
    struct Capacity {
        uint128 long;
        uint128 short;
    }

    /// @inheritdoc IVaultState
    IERC20 public immutable asset;
    /// @inheritdoc IVaultState
    uint256 public immutable assetScale;
    /// @inheritdoc IVaultState
    address public immutable clearingHouse;
    /// @inheritdoc IVaultState
    address public immutable backstop;
    /// @inheritdoc IVaultState
    IPriceOracle public immutable oracle;
    /// @inheritdoc IVaultState
    ICircuitBreaker public immutable breaker;

    /// @inheritdoc IVaultState
    mapping(address account => uint256 amountXCD) public fundOf;
    mapping(address account => mapping(address operator => OperatorRecord record)) internal _operators;
    // ---- one word ----
    uint128 internal _depositCap;
    /// @dev Sum of all funds and escrows, XCD. Counted only while there is a cap.
    uint128 internal _fundsXCD;
    /// @dev All markets, for the sum of their balances.
    uint256[] internal _marketIds;
    mapping(uint256 marketId => PackedLedger ledger) internal _markets;
    mapping(uint256 marketId => mapping(address account => PackedPosition position)) internal _positions;

    mapping(uint256 marketId => mapping(address maker => Capacity capacity)) internal _capacities;

    /// @dev Amount that the maker of the open fill window has drawn from its margin, WAD quote.
    uint256 internal transient _drawn;

    constructor(
        IERC20 asset_,
        address clearingHouse_,
        address backstop_,
        IPriceOracle oracle_,
        ICircuitBreaker breaker_
    ) {
        bool isComplete = address(asset_) != address(0) && clearingHouse_ != address(0) && backstop_ != address(0)
            && address(oracle_) != address(0);
        if (!isComplete) revert ZeroAddress();
        asset = asset_;
        // Reverts by underflow for a token of more than 18 decimals.
        assetScale = 10 ** (18 - IERC20Metadata(address(asset_)).decimals());
        clearingHouse = clearingHouse_;
        backstop = backstop_;
        oracle = oracle_;
        breaker = breaker_;
    }

    modifier onlyClearingHouse() {
        _checkClearingHouse();
        _;
    }

    /// @dev The ClearingHouse settles trades and liquidations. The Backstop settles deleveraging and dead markets.
    modifier onlyExchange() {
        if (msg.sender != backstop) _checkClearingHouse();
        _;
    }

    /// @dev A step of the Vault that needs a free lock: no account can act inside it, the caller included (E7).
    modifier locked() {
        SystemLock.acquire(address(this));
        _;
        SystemLock.release();
    }

    // ----------------------------------------------------------------------------------------- credits and debits ----

    function _debitFund(address account, uint256 amountXCD) internal {
        if (amountXCD == 0) revert ZeroAmount();
        uint256 available = fundOf[account];
        if (amountXCD > available) revert IVault.InsufficientFund(amountXCD, available);
        unchecked {
            fundOf[account] = available - amountXCD;
        }
    }

    function _payFromFund(address account, address receiver, uint256 amountXCD) internal {
        _debitFund(account, amountXCD);
        fundOf[receiver] += amountXCD;
        emit IVault.RelayFeePaid(account, receiver, amountXCD);
    }

    /// @dev Removes the part of an escrow that no order binds. The caller credits or pays it.
    function _takeFreeEscrow(address account, address gateway) internal returns (uint256 amountXCD) {
        amountXCD = _operators[account][gateway].takeFree();
        if (amountXCD != 0) emit IVault.EscrowWithdrawn(account, gateway, amountXCD);
    }

    function _setOperator(address account, address operator, bool approved) internal {
        _operators[account][operator].isApproved = approved;
        emit IVault.OperatorSet(account, operator, approved);
    }

    function _creditMargin(uint256 marketId, address account, uint256 amountXCD) internal {
        PackedPosition storage stored = _positions[marketId][account];
        stored.addMargin(QuoteLib.toQuote(amountXCD * assetScale));
        _addBalance(_markets[marketId], amountXCD);
    }

    function _addBalance(PackedLedger storage ledger, uint256 amountXCD) internal {
        ledger.balance = (ledger.balance + amountXCD).toUint104();
    }

    function _addInsurance(PackedLedger storage ledger, int256 change) internal {
        ledger.insurance = (ledger.insurance + change).toInt104();
    }

    /// @dev Reverts with `InsufficientMarketBalance` when the market holds less (L3). The account value is not checked
    /// here.
    function _debitMargin(uint256 marketId, address account, uint256 amountXCD) internal {
        if (amountXCD == 0) revert ZeroAmount();
        PackedLedger storage ledger = _market(marketId);
        uint256 available = ledger.balance;
        if (amountXCD > available) revert IVault.InsufficientMarketBalance(amountXCD, available);
        unchecked {
            // Below 2^104, by the check above.
            ledger.balance = Cast.lowUint104(available - amountXCD);
        }
        _positions[marketId][account].addMargin(-QuoteLib.toQuote(amountXCD * assetScale));
    }

    /// @dev Debits margin and checks the initial requirement (L6).
    /// @param isExit whether the amount leaves the account, which needs a fresh price (E1)
    function _debitFreeMargin(uint256 marketId, address account, uint256 amountXCD, bool isExit) internal {
        _debitMargin(marketId, account, amountXCD);
        Position memory position = _positions[marketId][account].load();
        (Quote left, uint256 required) = _freeMargin(marketId, position, isExit);
        if (left < ZERO_QUOTE || left.positivePart() < required) {
            revert IVault.InsufficientMargin(left.unwrap(), required);
        }
    }

    /// @dev The margin that counts in a withdrawal, and the initial requirement that must remain. Unrealised loss and
    /// pending fees reduce the margin; unrealised profit does not increase it.
    function _freeMargin(uint256 marketId, Position memory position, bool isExit)
        internal
        view
        returns (Quote left, uint256 required)
    {
        if (position.size.isZero()) return (position.margin, 0);
        PackedLedger storage ledger = _markets[marketId];
        FeeState memory fees = _feesNow(ledger);
        if (fees.isFrozen()) revert IVault.MarketFrozen(marketId);
        Price price = _priceFor(marketId, position, isExit);
        position.margin = position.margin - _pending(ledger, position, fees);
        left = position.margin.min(position.value(price));
        (uint256 initial,) = ledger.marginRatios();
        required = MarginMath.requirementCeil(position.size.notionalCeil(price), initial);
    }

    function _priceFor(uint256 marketId, Position memory position, bool isExit) internal view returns (Price) {
        return isExit ? oracle.getWithdrawalPrice(marketId, position.lastFillAt) : _price(marketId);
    }

    function _price(uint256 marketId) internal view returns (Price price) {
        (price,,,) = oracle.getTradePrice(marketId);
    }

    function _lastPrice(uint256 marketId) internal view returns (Price price) {
        (price,) = oracle.getLastPrice(marketId);
    }

    // -------------------------------------------------------------------------------------------------- accrual ----

    /// @dev The fee state accrued to this second, not stored.
    function _feesNow(PackedLedger storage ledger) internal view returns (FeeState memory fees) {
        _loadFees(ledger, fees);
    }

    function _loadFees(PackedLedger storage ledger, FeeState memory fees) private view {
        ledger.fees.loadInto(fees);
        FeeMath.advance(fees, _rates(ledger), block.timestamp);
    }

    function _rates(PackedLedger storage ledger) internal view returns (FeeRates memory rates) {
        MarketScales scales = ledger.scales;
        if (scales.isOff()) return rates;
        rates.indexDecimals = ledger.terms.indexDecimals();
        rates.maxFundingRate = scales.maxFundingRate();
        rates.maxFundingVelocity = scales.maxFundingVelocity();
        rates.maxBorrowingRate = scales.maxBorrowingRate();
        rates.skewScale = scales.skewScale();
        rates.makerLongCapacity = scales.makerLongCapacity();
        rates.makerShortCapacity = scales.makerShortCapacity();
    }

    /// @dev Stores the accrued fees before an input of the accrual changes.
    function _accrue(PackedLedger storage ledger) internal returns (FeeState memory fees) {
        _loadFees(ledger, fees);
        ledger.fees.store(fees);
    }

    /// @dev {_accrue} before a fill. Later time accrues at the oracle price of the fill.
    function _accrueAt(PackedLedger storage ledger, Price price) internal returns (FeeState memory fees) {
        _loadFees(ledger, fees);
        fees.price = price.unwrap();
        ledger.fees.store(fees);
    }

    function _setCapacity(uint256 marketId, address maker, uint256 long, uint256 short) internal {
        PackedLedger storage ledger = _markets[marketId];
        MarketScales scales = ledger.scales;
        // Capacity enters the borrowing fee only.
        if (scales.maxBorrowingRate() != 0) _accrue(ledger);
        Capacity memory before = _capacities[marketId][maker];
        uint256 othersLong = scales.makerLongCapacity() - before.long;
        uint256 othersShort = scales.makerShortCapacity() - before.short;
        Capacity memory after_ = Capacity({long: _counted(long, othersLong), short: _counted(short, othersShort)});
        ledger.scales = scales.withCapacities(othersLong + after_.long, othersShort + after_.short);
        _capacities[marketId][maker] = after_;
        emit IVault.CapacitySet(marketId, maker, after_.long, after_.short);
    }

    /// @dev The part of a capacity that the market's sum has room for, in whole {SCALE_UNIT}. A report must not revert, because
    /// makers report in withdrawals.
    function _counted(uint256 capacity, uint256 others) private pure returns (uint128) {
        return Cast.lowUint128(Math.min(capacity, MarketScalesLib.MAX_SCALE - others) / SCALE_UNIT * SCALE_UNIT);
    }

    /// @dev Pending funding plus borrowing, WAD quote. Positive when the account owes it.
    function _pending(PackedLedger storage ledger, Position memory position, FeeState memory fees)
        internal
        view
        returns (Quote)
    {
        (Quote funding, Quote borrowing) = FeeMath.pending(position, fees, ledger.terms.indexDecimals());
        return funding + borrowing;
    }

    // --------------------------------------------------------------------------------------------------- checks ----

    function _market(uint256 marketId) internal view returns (PackedLedger storage ledger) {
        ledger = _markets[marketId];
        if (!ledger.terms.exists()) revert IVault.UnknownMarket(marketId);
    }

    function _checkAuthorized(address account, address caller) internal view {
        if (account != caller && !_operators[account][caller].isApproved) revert IVault.NotAuthorized(account, caller);
    }

    function _checkClearingHouse() private view {
        if (msg.sender != clearingHouse) revert NotClearingHouse(msg.sender, clearingHouse);
    }

    // -------------------------------------------------------------------------------------------------- breaker ----

    function _balance() internal view returns (uint256) {
        return asset.balanceOf(address(this));
    }

    /// @dev Callers report zero before the transfer, which opens the breaker's window at the old balance, and the
    /// amount received after it. A breaker that refuses the report blocks no deposit (E6); the account then lacks a
    /// credit.
    function _recordInflow(address account, uint256 amountXCD) internal {
        if (address(breaker) == address(0)) return;
        try breaker.recordInflow(address(asset), account, amountXCD) {} catch {}
    }

    /// @dev Transfers collateral from the caller to the Vault, for `account`.
    /// @return receivedXCD the amount that arrived
    function _pullCollateral(address account, uint256 amountXCD) internal returns (uint256 receivedXCD) {
        _recordInflow(account, 0);
        uint256 balanceBefore = _balance();
        asset.safeTransferFrom(msg.sender, address(this), amountXCD);
        receivedXCD = _balance() - balanceBefore;
        if (receivedXCD == 0) revert ZeroAmount();
        _recordInflow(account, receivedXCD);
    }

    function _recordOutflow(address account, uint256 amountXCD) internal {
        if (address(breaker) != address(0)) breaker.recordOutflow(address(asset), account, amountXCD);
    }

    // ------------------------------------------------------------------------------------------------ deposit cap ----

    /// @inheritdoc IVaultState
    function depositCap() external view returns (uint256 capXCD) {
        return _depositCap;
    }

    /// @dev Counts a change of the sum of all funds and escrows, XCD. Saturates at zero, because the count must not block an
    /// exit.
    function _countFunds(int256 change) internal {
        if (_depositCap != 0) _fundsXCD = Cast.positivePart(Cast.toInt(_fundsXCD) + change).toUint128();
    }

    function _checkDepositCap() internal view {
        (uint256 totalXCD, uint256 cap) = _overCap();
        if (totalXCD != 0) revert IVault.DepositCapExceeded(totalXCD, cap);
    }

    /// @dev {_checkDepositCap} after a deposit into margin. E6: does not bind a taker with a position until its margin
    /// reaches the whole notional, at the price of the market's last fill or accrual, which no account can withhold.
    function _checkMarginCap(uint256 marketId, address account) internal view {
        if (!_markets[marketId].terms.isCapped()) return;
        (uint256 totalXCD, uint256 cap) = _overCap();
        if (totalXCD == 0) return;
        Position memory position = _positions[marketId][account].load();
        uint256 notional = position.size.notionalCeil(Price.wrap(_feesNow(_markets[marketId]).price));
        if (position.isMaker || position.margin.positivePart() > notional) {
            revert IVault.DepositCapExceeded(totalXCD, cap);
        }
    }

    /// @return totalXCD booked collateral if it exceeds the cap, else zero
    /// @return cap zero without a cap, XCD
    function _overCap() private view returns (uint256 totalXCD, uint256 cap) {
        cap = _depositCap;
        if (cap == 0) return (0, 0);
        totalXCD = _fundsXCD + _bookedInMarkets();
        if (totalXCD <= cap) totalXCD = 0;
    }

    function _bookedInMarkets() internal view returns (uint256 sumXCD) {
        uint256 count = _marketIds.length;
        for (uint256 i = 0; i < count; ++i) {
            sumXCD += _markets[_marketIds[i]].balance;
        }
    }
}
